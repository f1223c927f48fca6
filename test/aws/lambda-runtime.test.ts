// What a function stands on in AWS: everything from its environment, and nothing before it is asked for.
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

  it('has the secret of its environment, and names the variable when there is none', async () => {
    vi.stubEnv('TOCSIN_SECRET', 'from Secrets Manager')
    expect(Buffer.from(await lambdaRuntime().secret()).toString()).toBe('from Secrets Manager')
    vi.stubEnv('TOCSIN_SECRET', '')
    await expect(lambdaRuntime().secret()).rejects.toThrow('TOCSIN_SECRET')
  })
})
