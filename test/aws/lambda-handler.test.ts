// What every function does around its own work: what it has measured leaves it, whether it comes to its end or not.
import type { Context } from 'aws-lambda'
import { afterEach, expect, test, vi } from 'vitest'
import { lambdaHandler } from '../../lib/aws/lambda-handler.ts'
import { lambdaRuntime } from '../../lib/aws/lambda-runtime.ts'
import { withRuntime } from '../../lib/aws/runtime.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const invocationWith = (leftMs: number): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'slow',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:slow',
  memoryLimitInMB: '512',
  awsRequestId: 'request',
  logGroupName: 'group',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => leftMs,
  done: () => {},
  fail: () => {},
  succeed: () => {},
})

test('what is measured leaves half a second before Lambda ends what runs too long, and once', async () => {
  vi.useFakeTimers()
  // Powertools writes by `console` then, where it can be read here.
  vi.stubEnv('POWERTOOLS_DEV', 'true')
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false')
  const written = vi.spyOn(console, 'log').mockImplementation(() => {})
  const figures = () =>
    written.mock.calls.flatMap(([line]) => (String(line).includes('OldestDueSeconds') ? [line] : []))
  let end = (): void => {}
  const handler = lambdaHandler(
    'slow',
    (_runtime, _logger, measure) => measure,
    (_event: unknown, measure) => {
      measure('OldestDueSeconds', 7)
      return new Promise<void>((resolve) => (end = resolve))
    },
  )
  const runtime = { ...lambdaRuntime(), environment: { TOCSIN_STAGE: 'production' } }
  const run = withRuntime(runtime, () => handler({}, invocationWith(30_000)))
  await vi.advanceTimersByTimeAsync(29_400)
  expect(figures()).toEqual([])
  await vi.advanceTimersByTimeAsync(200)
  expect(figures()).toHaveLength(1)
  end()
  await run
  expect(figures()).toHaveLength(1)
})
