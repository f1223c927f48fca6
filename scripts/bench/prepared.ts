// Requests as the official clients make them, signed, ready to be sent as often as one likes.
import { SSMContactsClient } from '@aws-sdk/client-ssm-contacts'
import { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'

export interface Prepared {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Clients {
  readonly incidents: SSMIncidentsClient
  readonly contacts: SSMContactsClient
}

const settings = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  maxAttempts: 1,
})

export const clientsOf = (endpoint: string): Clients => ({
  incidents: new SSMIncidentsClient(settings(endpoint)),
  contacts: new SSMContactsClient(settings(endpoint)),
})

/** What a client hands to whoever sends it. */
interface Sent {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

const textOf = (body: unknown): string =>
  body instanceof Uint8Array ? new TextDecoder().decode(body) : typeof body === 'string' ? body : ''

/** Clients whose calls go nowhere, and the request that the last one would have sent; one call at a time. */
export function capturing(endpoint: string): {
  readonly clients: Clients
  readonly prepared: (call: Promise<unknown>) => Promise<Prepared>
} {
  let captured: Prepared | undefined
  const requestHandler = {
    handle({ method, path, query = {}, headers, body }: Sent): Promise<never> {
      const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one ?? '']))
      const search = pairs.map((pair) => pair.map((text) => encodeURIComponent(text)).join('=')).join('&')
      captured = { method, path: search ? `${path}?${search}` : path, headers, body: textOf(body) }
      return Promise.reject(new Error('It is only prepared'))
    },
  }
  return {
    clients: {
      incidents: new SSMIncidentsClient({ ...settings(endpoint), requestHandler }),
      contacts: new SSMContactsClient({ ...settings(endpoint), requestHandler }),
    },
    async prepared(call) {
      const [outcome] = await Promise.allSettled([call])
      const request = captured
      captured = undefined
      if (!request) throw new Error(`Nothing was sent: ${JSON.stringify(outcome)}`)
      return request
    },
  }
}
