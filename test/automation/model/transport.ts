// Between an official client and whoever answers it in this process: requests are read and answers written as on the wire.
import { Refusal } from '../../aws-stub/refusal.ts'

export interface WireCall {
  readonly operation: string
  readonly isJsonRpc: boolean
  readonly input: { readonly [member: string]: never }
}

interface Request {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly query?: unknown
  readonly body?: unknown
}

/** A client's `requestHandler`. A Refusal is answered as the service's error; whatever else is thrown, the client throws. */
export const answeredBy = (answer: (call: WireCall) => Promise<object>) => ({
  updateHttpClientConfig: (): void => {},
  httpHandlerConfigs: () => ({}),
  handle: async (request: Request) => {
    const call = read(request)
    try {
      const body = await answer(call)
      const isEmpty = ['UpdateIncidentRecord', 'UpdateRelatedItems'].includes(call.operation)
      return {
        response: written(
          isEmpty ? 204 : call.operation === 'CreateTimelineEvent' ? 201 : 200,
          isEmpty ? '' : JSON.stringify(body),
        ),
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { name, message, status, members } = error
      const text = JSON.stringify({ __type: name, message, Message: message, ...members })
      return { response: written(status, text, { 'x-amzn-errortype': name }) }
    }
  },
})

function read({ method, path, headers, query, body }: Request): WireCall {
  const target = headers['x-amz-target']
  const operation = target ? (target.split('.').at(-1) ?? '') : path.charAt(1).toUpperCase() + path.slice(2)
  const input = method === 'GET' ? query : JSON.parse(textOf(body) || '{}')
  return { operation, isJsonRpc: target !== undefined, input: JSON.parse(JSON.stringify(input)) }
}

const textOf = (body: unknown): string =>
  body instanceof Uint8Array ? new TextDecoder().decode(body) : typeof body === 'string' ? body : ''

const written = (statusCode: number, text: string, headers: Record<string, string> = {}) => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: new TextEncoder().encode(text),
})
