// TOCSIN_THROTTLE=aws: who calls faster than AWS allows is told so as AWS tells it; otherwise nobody is.
import { GetIncidentRecordCommand, SSMIncidentsClient, StartIncidentCommand } from '@aws-sdk/client-ssm-incidents'
import { describe, expect, test } from 'vitest'
import { Throttled } from '../../../lib/incident-manager/errors.ts'
import { rateLimits, type RateLimits } from '../../../lib/incident-manager/protocol/rates.ts'
import { startSystem } from '../../../lib/local/system.ts'

let now = new Date('2026-03-01T12:00:00Z')
const clock = { now: () => now }
const advance = (seconds: number): void => void (now = new Date(now.getTime() + seconds * 1000))

/** How many of so many calls at this instant are let through. */
function through(limit: RateLimits, operation: string, calls = 100): number {
  let count = 0
  for (let call = 0; call < calls; call++)
    try {
      limit('ssm-incidents', operation)
      count++
    } catch (error) {
      expect(error).toBeInstanceOf(Throttled)
    }
  return count
}

describe('with the rates of AWS', () => {
  test.each([
    ['StartIncident', 5],
    ['CreateTimelineEvent', 10],
    ['GetTimelineEvent', 30],
    ['ListTimelineEvents', 30],
    ['GetIncidentRecord', 100],
  ])(
    '%s may be called %i times at once, and that often each second, however long nobody has called',
    (operation, rate) => {
      const limit = rateLimits({ TOCSIN_THROTTLE: 'aws' }, clock)
      expect(through(limit, operation)).toBe(rate)
      advance(1)
      expect(through(limit, operation)).toBe(rate)
      advance(3600)
      expect(through(limit, operation)).toBe(rate)
    },
  )

  test('part of a second gives part of the calls, and what is refused costs nothing', () => {
    const limit = rateLimits({ TOCSIN_THROTTLE: 'aws' }, clock)
    expect(through(limit, 'StartIncident')).toBe(5)
    advance(0.4)
    expect(through(limit, 'StartIncident')).toBe(2)
    advance(-3600)
    expect(through(limit, 'StartIncident')).toBe(0)
  })

  test('each operation counts for itself', () => {
    const limit = rateLimits({ TOCSIN_THROTTLE: 'aws' }, clock)
    expect(through(limit, 'StartIncident')).toBe(5)
    expect(through(limit, 'CreateTimelineEvent')).toBe(10)
  })
})

test('without them nothing is limited', () => {
  expect(through(rateLimits({}, clock), 'StartIncident')).toBe(100)
  expect(through(rateLimits({ TOCSIN_THROTTLE: 'off' }, clock), 'StartIncident')).toBe(100)
})

test('the official client sees a throttled call as AWS’s, until the clock has gone on', async () => {
  const system = await startSystem({
    port: 0,
    data: ':memory:',
    clock: 'simulated',
    seed: true,
    rules: 'rules.yml',
    region: 'us-east-1',
    throttle: 'aws',
  })
  const settings = {
    endpoint: system.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  }
  const incidents = new SSMIncidentsClient({ ...settings, maxAttempts: 1 })
  const start = (): Promise<unknown> =>
    incidents.send(
      new StartIncidentCommand({ responsePlanArn: 'arn:aws:ssm-incidents::111122223333:response-plan/default' }),
    )
  for (let call = 0; call < 5; call++) await start()
  await expect(start()).rejects.toMatchObject({
    name: 'ThrottlingException',
    message: 'Rate exceeded',
    $metadata: { httpStatusCode: 429 },
    quotaCode: 'StartIncidentPerSecond',
    serviceCode: 'ssm-incidents',
  })
  await expect(
    incidents.send(new GetIncidentRecordCommand({ arn: 'arn:aws:x::111122223333:y' })),
  ).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
  await system.advance(1000)
  await start()
  incidents.destroy()
  await system.close()
})
