// The incident manager as it is deployed: a Lambda function behind a URL that serves both APIs and the console.
import { CreateContactCommand, GetContactCommand, ListContactsCommand } from '@aws-sdk/client-ssm-contacts'
import {
  CreateReplicationSetCommand,
  CreateResponsePlanCommand,
  GetIncidentRecordCommand,
  ListRelatedItemsCommand,
  ListReplicationSetsCommand,
  StartIncidentCommand,
} from '@aws-sdk/client-ssm-incidents'
import type { APIGatewayProxyStructuredResultV2, Context, LambdaFunctionURLEvent } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import { handler } from '../../../functions/incident-manager.ts'
import { systemClock } from '../../../lib/aws/clock.ts'
import { withRuntime, type Runtime } from '../../../lib/aws/runtime.ts'
import { automationKey } from '../../../lib/aws/secrets.ts'
import { INDEXES } from '../../../lib/aws/table/indexes.ts'
import { openDatabase } from '../../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../../lib/aws/table/sqlite.ts'
import type { HttpRequest, HttpResponse } from '../../../lib/incident-manager/protocol/http.ts'
import { createAccessKey } from '../../../lib/incident-manager/store/access-keys.ts'
import { loopback } from './loopback.ts'

const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'incident-manager',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:incident-manager',
  memoryLimitInMB: '256',
  awsRequestId: 'id',
  logGroupName: 'g',
  logStreamName: 's',
  getRemainingTimeInMillis: () => 1000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
}

function system(
  environment: Record<string, string> = {},
  table = sqliteTable(openDatabase(':memory:'), 'Incidents', INDEXES),
): (request: HttpRequest) => Promise<HttpResponse> {
  const runtime: Runtime = {
    environment: {
      TOCSIN_ACCOUNT_ID: '111122223333',
      TOCSIN_INCIDENTS_TABLE: 'Incidents',
      TOCSIN_AUTH: 'loopback',
      ...environment,
    },
    clock: systemClock,
    table: () => table,
    idempotency: () => {
      throw new Error('the incident manager consumes no records')
    },
    secret: async () => new Uint8Array(32),
    localCarrier: async () => {},
  }
  return async (request) => toResponse(await withRuntime(runtime, () => handler(toEvent(request), lambdaContext)))
}

const toEvent = ({ method, path, query, headers, body }: HttpRequest): LambdaFunctionURLEvent => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: path,
  rawQueryString: query,
  headers,
  body: Buffer.from(body).toString('base64'),
  isBase64Encoded: true,
  requestContext: {
    accountId: 'anonymous',
    apiId: 'abc',
    domainName: 'abc.lambda-url.us-east-1.on.aws',
    domainPrefix: 'abc',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
    requestId: 'id',
    routeKey: '$default',
    stage: '$default',
    time: '08/Nov/2025:03:04:05 +0000',
    timeEpoch: 1762571045000,
  },
})

const toResponse = ({ statusCode, headers, body }: APIGatewayProxyStructuredResultV2): HttpResponse => ({
  status: statusCode ?? 0,
  headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)])),
  body: body ?? '',
})

const get = (path: string): HttpRequest => ({ method: 'GET', path, query: '', headers: {}, body: new Uint8Array() })

test('both official clients work with it', async () => {
  await using server = await loopback(system())
  const { incidents, contacts } = server
  await incidents.send(new CreateReplicationSetCommand({ regions: { 'us-east-1': {} } }))
  const { arn } = await incidents.send(
    new CreateResponsePlanCommand({ name: 'critical', incidentTemplate: { title: 'Zürich 🔔', impact: 2 } }),
  )
  const { incidentRecordArn } = await incidents.send(
    new StartIncidentCommand({
      responsePlanArn: arn,
      relatedItems: [{ title: 'Runbook', identifier: { type: 'OTHER', value: { url: 'https://wiki.example.com' } } }],
    }),
  )
  const { incidentRecord } = await incidents.send(new GetIncidentRecordCommand({ arn: incidentRecordArn }))
  expect(incidentRecord).toMatchObject({
    arn: incidentRecordArn,
    title: 'Zürich 🔔',
    impact: 2,
    status: 'OPEN',
    creationTime: expect.any(Date),
    incidentRecordSource: { createdBy: 'arn:aws:iam::111122223333:user/AKIDTEST' },
  })
  const { relatedItems } = await incidents.send(new ListRelatedItemsCommand({ incidentRecordArn }))
  expect(relatedItems).toEqual([expect.objectContaining({ title: 'Runbook' })])

  const { ContactArn } = await contacts.send(
    new CreateContactCommand({ Alias: 'ana', Type: 'PERSONAL', Plan: { Stages: [] } }),
  )
  expect(await contacts.send(new GetContactCommand({ ContactId: ContactArn }))).toMatchObject({
    ContactArn,
    Alias: 'ana',
    Type: 'PERSONAL',
    Plan: { Stages: [] },
  })
})

describe('the console', () => {
  test('is the page at / and its files, which run nothing from elsewhere', async () => {
    const serve = system()
    const page = await serve(get('/'))
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } })
    const files = [...page.body.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, path]) => path ?? '')
    expect(files).toContain('/console/console.js')
    for (const path of files) expect(await serve(get(path))).toMatchObject({ status: 200 })
    const policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    expect(page.headers['content-security-policy']).toBe(policy)
    expect(page.body).not.toMatch(/<script(?![^>]*src=)|\son\w+=|style=/)
  })

  test('each module that a script imports is there', async () => {
    const serve = system()
    const seen = new Set<string>()
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return
      seen.add(path)
      const { status, body } = await serve(get(path))
      expect({ path, status }).toEqual({ path, status: 200 })
      for (const [, name] of body.matchAll(/from '\.\/([\w-]+\.js)'/g)) await visit(`/console/${name}`)
    }
    await visit('/console/console.js')
    expect(seen.size).toBeGreaterThan(3)
  })

  test.each([
    '/console/',
    '/console/nothing.js',
    '/console/../package.json',
    '/console/%2e%2e/package.json',
    '/favicon.ico',
  ])('%s is not there', async (path) => {
    expect(await system()(get(path))).toMatchObject({
      status: 404,
      headers: { 'x-amzn-errortype': 'UnknownOperationException' },
    })
  })

  test('a deployment without its folder still serves the APIs', async () => {
    const serve = system({ LAMBDA_TASK_ROOT: '/nowhere' })
    expect(await serve(get('/'))).toMatchObject({ status: 404 })
    expect(await serve({ ...get('/listReplicationSets'), method: 'POST' })).toMatchObject({ status: 200 })
  })
})

describe('away from loopback', () => {
  const away = { TOCSIN_AUTH: '' }
  const none = { name: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' }
  const unknown = {
    name: 'UnrecognizedClientException',
    message: 'The security token included in the request is invalid.',
  }

  test('a request without a signature is refused, in the words of AWS, the console is not', async () => {
    const serve = system(away)
    const listing = await serve({ ...get('/listReplicationSets'), method: 'POST' })
    expect(listing).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': none.name } })
    expect(JSON.parse(listing.body)).toEqual({ __type: none.name, message: none.message })
    const target = { 'x-amz-target': 'SSMContacts.ListContacts' }
    const contacts = await serve({ ...get('/'), method: 'POST', headers: target })
    expect(contacts.status).toBe(400)
    expect(JSON.parse(contacts.body)).toEqual({ __type: none.name, message: none.message })
    expect(await serve(get('/'))).toMatchObject({ status: 200 })
  })

  test('the official clients know how a signature was refused', async () => {
    await using server = await loopback(system(away))
    await expect(server.incidents.send(new GetIncidentRecordCommand({ arn: 'arn:any' }))).rejects.toMatchObject({
      ...unknown,
      $metadata: { httpStatusCode: 403 },
    })
    await expect(server.contacts.send(new GetContactCommand({ ContactId: 'ann' }))).rejects.toMatchObject({
      ...unknown,
      $metadata: { httpStatusCode: 400 },
    })
  })

  test('the automation’s key is let in, for what the automation does', async () => {
    await using server = await loopback(system(away), automationKey(new Uint8Array(32)))
    expect((await server.contacts.send(new ListContactsCommand({}))).Contacts).toEqual([])
    await expect(server.incidents.send(new ListReplicationSetsCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403 },
    })
    const createContact = new CreateContactCommand({ Alias: 'ann', Type: 'PERSONAL', Plan: { Stages: [] } })
    await expect(server.contacts.send(createContact)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    })
  })

  test('a key that was issued is let in', async () => {
    const table = sqliteTable(openDatabase(':memory:'), 'Incidents', INDEXES)
    const store = { table, secret: async () => new Uint8Array(32) }
    const key = await createAccessKey(store, { name: 'ann', role: 'admin', now: new Date() })
    await using server = await loopback(system(away, table), key)
    await server.incidents.send(new CreateReplicationSetCommand({ regions: { 'us-east-1': {} } }))
    const { ContactArn } = await server.contacts.send(
      new CreateContactCommand({ Alias: 'ann', Type: 'PERSONAL', Plan: { Stages: [] } }),
    )
    expect(ContactArn).toBe('arn:aws:ssm-contacts:us-east-1:111122223333:contact/ann')
  })
})
