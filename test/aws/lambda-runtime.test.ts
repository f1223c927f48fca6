// What a function stands on in AWS: everything from its environment, and nothing before it is asked for.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { lambdaRuntime } from '../../lib/aws/lambda-runtime.ts'
import { dynaliteEngine, type DynaliteEngine } from '../dynalite.ts'

describe('the runtime on Lambda', () => {
  let engine: DynaliteEngine
  beforeEach(async () => {
    engine = await dynaliteEngine()
    vi.stubEnv('AWS_REGION', 'us-east-1')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1')
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', engine.url)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await engine.close()
  })

  it('keeps items in DynamoDB, where its environment says that is', async () => {
    const things = engine.table('things', {})
    await things.get({ pk: 'a', sk: 'a' })
    const table = lambdaRuntime().table('things')
    await table.put({ pk: 'a', sk: 'a', n: 1 }, { absent: true })
    expect(await things.get({ pk: 'a', sk: 'a' })).toEqual({ pk: 'a', sk: 'a', n: 1 })
  })

  it('remembers by Powertools’ own layer what has been processed', async () => {
    const runtime = lambdaRuntime()
    let runs = 0
    const once = makeIdempotent(async ({ id }: { id: string }) => `${id} ${++runs}`, {
      persistenceStore: runtime.idempotency(engine.idempotencyTable),
      keyPrefix: 'test',
      config: new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true }),
    })
    expect([await once({ id: 'a' }), await once({ id: 'a' })]).toEqual(['a 1', 'a 1'])
  })
})

describe('the secret on Lambda', () => {
  const ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:Tocsin-a1b2c3'
  const asked: unknown[] = []
  let answer: { status: number; body: object }
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push([request.headers['x-amz-target'], JSON.parse(await text(request))])
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(answer.body))
  }
  const server = createServer((request, response) => void reply(request, response))
  beforeEach(async () => {
    asked.length = 0
    answer = { status: 200, body: { ARN, SecretString: 'from Secrets Manager' } }
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    vi.stubEnv('AWS_REGION', 'us-east-1')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${port}`)
    vi.stubEnv('TOCSIN_SECRET_ARN', ARN)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await new Promise((resolve) => server.close(resolve))
  })

  it('is read from Secrets Manager by its ARN, once', async () => {
    const { secret } = lambdaRuntime()
    const read = await Promise.all([secret(), secret()])
    read.push(await secret())
    expect(read.map((bytes) => Buffer.from(bytes).toString())).toEqual(Array(3).fill('from Secrets Manager'))
    expect(asked).toEqual([['secretsmanager.GetSecretValue', { SecretId: ARN }]])
  })

  it('is read again after it could not be read, which is an error that names it and says no more', async () => {
    const { secret } = lambdaRuntime()
    answer = { status: 400, body: { __type: 'AccessDeniedException', message: 'User x is not authorized' } }
    await expect(secret()).rejects.toMatchObject({
      name: 'SecretUnreadable',
      message: `${ARN} cannot be read: AccessDeniedException`,
    })
    answer = { status: 200, body: { ARN, SecretBinary: 'AAAA' } }
    await expect(secret()).rejects.toMatchObject({ name: 'SecretUnreadable', message: `${ARN} holds no text` })
    answer = { status: 200, body: { ARN, SecretString: 'there now' } }
    expect(Buffer.from(await secret()).toString()).toBe('there now')
  })

  it('is missing where the environment names none, and the error names the variable', async () => {
    vi.stubEnv('TOCSIN_SECRET_ARN', '')
    await expect(lambdaRuntime().secret()).rejects.toThrow('TOCSIN_SECRET_ARN')
    expect(asked).toEqual([])
  })
})
