// How runbooks are started by Systems Manager: as its official client sends it, and what its answers mean.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Runtime } from '../../../lib/aws/runtime.ts'
import { ssmRunbooks } from '../../../lib/incident-manager/delivery/ssm.ts'

interface Answer {
  readonly status: number
  readonly body: object
}
const OK: Answer = { status: 200, body: { AutomationExecutionId: 'b7e0f6a4-0000-4000-8000-000000000000' } }
const received: { target: unknown; body: unknown }[] = []
let answers: Answer[] = []
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  received.push({ target: request.headers['x-amz-target'], body: JSON.parse(await text(request)) })
  const { status, body } = answers.shift() ?? OK
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
}
const server = createServer((request, response) => void serve(request, response))
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.close()
  server.closeAllConnections()
})
beforeEach(() => {
  received.length = 0
  answers = []
})

const never = (): never => {
  throw new Error('Starting a runbook needs no table')
}
function starter(on: string | undefined = 'on') {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const environment = {
    AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...(on === undefined ? {} : { TOCSIN_RUNBOOKS: on }),
  }
  const runtime: Runtime = {
    environment,
    clock: { now: () => new Date(0), wait: () => Promise.resolve() },
    table: never,
    idempotency: never,
    secret: () => Promise.resolve(new Uint8Array()),
  }
  return ssmRunbooks(runtime)
}
const RUNBOOK = {
  token: '0f3c1de6-7b3a-8c2d-9f10-0123456789ab',
  documentName: 'Restart',
  documentVersion: '$DEFAULT',
  parameters: { AutomationAssumeRole: ['arn:aws:iam::111122223333:role/r'], Instances: ['a', 'b'] },
}

test('a runbook is started with its document, its parameters and its token', async () => {
  expect(await starter()?.(RUNBOOK)).toEqual({ started: true, executionId: 'b7e0f6a4-0000-4000-8000-000000000000' })
  expect(received).toEqual([
    {
      target: 'AmazonSSM.StartAutomationExecution',
      body: {
        DocumentName: 'Restart',
        DocumentVersion: '$DEFAULT',
        Parameters: RUNBOOK.parameters,
        ClientToken: RUNBOOK.token,
      },
    },
  ])
})

test('nothing is started where runbooks are not switched on', () => {
  expect([starter(''), starter('off')]).toEqual([undefined, undefined])
})

describe('a refusal', () => {
  const refusal = (name: string): Answer => ({ status: 400, body: { __type: name, message: 'because' } })

  test.each([
    'AutomationDefinitionNotFoundException',
    'InvalidAutomationExecutionParametersException',
    'AccessDeniedException',
  ])('%s is final', async (name) => {
    answers = [refusal(name)]
    expect(await starter()?.(RUNBOOK)).toEqual({ started: false, retry: false, reason: `${name}: because` })
    expect(received).toHaveLength(1)
  })

  test('that will pass is worth another try', async () => {
    answers = [refusal('AutomationExecutionLimitExceededException')]
    expect(await starter()?.(RUNBOOK)).toMatchObject({ started: false, retry: true })
    answers = [1, 2, 3].map(() => ({ status: 500, body: { __type: 'InternalServerError' } }))
    expect(await starter()?.(RUNBOOK)).toMatchObject({ started: false, retry: true })
  })
})
