// Lambda's Invoke on one machine: both invocation types, and errors in Lambda's words.
import type { Functions } from './functions.ts'
import { parseJson, WrongJson } from './json.ts'
import type { Outgoing } from './message-store.ts'

export interface InvokeRequest {
  /** A function's ARN, its deployed name, or its key in serverless.yml. */
  readonly name: string
  /** Event, RequestResponse or DryRun; RequestResponse when left out. */
  readonly type: string | undefined
  readonly payload: string
}

export interface InvokeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An asynchronous invocation is on disk before it is answered. `hear` takes the state of an alarm that invokes. */
export async function invoke(
  request: InvokeRequest,
  functions: Functions,
  send: (messages: readonly Outgoing[]) => Promise<void>,
  hear: (inputs: readonly unknown[]) => Promise<void>,
): Promise<InvokeAnswer> {
  const spec = functions.find(request.name)
  if (!spec) return refused(404, 'ResourceNotFoundException', `Function not found: ${request.name}`)
  let event: unknown
  try {
    event = request.payload === '' ? {} : parseJson(request.payload, 'payload').value
  } catch (error) {
    if (!(error instanceof WrongJson)) throw error
    return refused(400, 'InvalidRequestContentException', 'Could not parse request body into json')
  }
  switch (request.type ?? 'RequestResponse') {
    case 'DryRun':
      return { status: 204, headers: {}, body: '' }
    case 'Event':
      // One turn, one commit.
      await Promise.all([send([{ queue: spec.arn, body: JSON.stringify(event) }]), hear([event])])
      return { status: 202, headers: {}, body: '' }
    case 'RequestResponse': {
      const headers = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' }
      await hear([event])
      try {
        const answer = await functions.invoke(spec.arn, event)
        return { status: 200, headers, body: JSON.stringify(answer ?? null) }
      } catch (error) {
        const { name, message } = error instanceof Error ? error : new Error(String(error))
        return {
          status: 200,
          headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
          body: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }),
        }
      }
    }
    default:
      return refused(400, 'InvalidParameterValueException', `Unknown invocation type ${request.type}`)
  }
}

const refused = (status: number, type: string, message: string): InvokeAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': type },
  body: JSON.stringify({ Type: 'User', Message: message }),
})
