// A loopback server around one of the protocols with handlers of the test's own, and the official clients on it.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Logger } from '@aws-lambda-powertools/logger'
import { SSMContactsClient } from '@aws-sdk/client-ssm-contacts'
import { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import type { Table } from '../../../lib/aws/table/table.ts'
import type { Context } from '../../../lib/incident-manager/context.ts'
import { ssmContacts } from '../../../lib/incident-manager/model/ssm-contacts.generated.ts'
import { ssmIncidents } from '../../../lib/incident-manager/model/ssm-incidents.generated.ts'
import { awsJson } from '../../../lib/incident-manager/protocol/aws-json.ts'
import type { HttpRequest, HttpResponse } from '../../../lib/incident-manager/protocol/http.ts'
import { restJson } from '../../../lib/incident-manager/protocol/rest-json.ts'
import { apiServer, type Handlers } from '../../../lib/incident-manager/protocol/wire.ts'

export type Serve = (request: HttpRequest) => Promise<HttpResponse>

const logger = new Logger({ serviceName: 'test', logLevel: 'SILENT' })
const unused = (): never => {
  throw new Error('the protocol touches nothing but the handler')
}
const table: Table = { get: unused, put: unused, update: unused, delete: unused, query: unused }

const context: Context = {
  clock: { now: () => new Date('2025-11-08T03:00:00.000Z') },
  measure: () => {},
  place: { account: '111122223333', region: 'us-east-1' },
  caller: 'arn:aws:iam::111122223333:user/test',
  table,
  pageTokens: { seal: unused, open: unused, isOf: unused },
  delivery: { send: unused, publish: unused },
  logger,
}

export const serveIncidents = (handlers: Handlers, contextOf = async () => context): Serve =>
  apiServer(restJson(ssmIncidents), handlers, async () => ({ context: await contextOf() }), logger)

export const serveContacts = (handlers: Handlers, contextOf = async () => context): Serve =>
  apiServer(awsJson(ssmContacts), handlers, async () => ({ context: await contextOf() }), logger)

export interface Loopback extends AsyncDisposable {
  readonly url: string
  readonly incidents: SSMIncidentsClient
  readonly contacts: SSMContactsClient
}

/** Listens on a free port; `await using` closes it. The clients sign with `credentials`. */
export async function loopback(
  serve: Serve,
  credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' },
): Promise<Loopback> {
  const server = createServer((incoming, outgoing) => {
    void requestOf(incoming)
      .then(serve)
      .then(({ status, headers, body }) => outgoing.writeHead(status, headers).end(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${portOf(server.address())}`
  const settings = {
    endpoint: url,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  }
  const incidents = new SSMIncidentsClient(settings)
  const contacts = new SSMContactsClient(settings)
  return {
    url,
    incidents,
    contacts,
    [Symbol.asyncDispose]: async () => {
      incidents.destroy()
      contacts.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen')
  return address.port
}

async function requestOf(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const [path = '', query = ''] = (incoming.url ?? '').split('?')
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]),
  )
  return { method: incoming.method ?? '', path, query, headers, body: Buffer.concat(chunks) }
}
