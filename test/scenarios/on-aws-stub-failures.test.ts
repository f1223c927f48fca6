// AWS throttles, breaks, lies and hangs: the story ends as it would have, nothing is lost, and nothing is done twice.
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Failure, Plan } from '../aws-stub/failures.ts'
import { OnAws } from '../aws-stub/on-aws.ts'
import { AWS_RATES } from '../aws-stub/rates.ts'
import type { AwsStub } from '../aws-stub/stub.ts'
import { START } from './rehearsal.ts'

const ALARM = { name: 'pay-errors', state: 'ALARM' } as const
const OK = { name: 'pay-errors', state: 'OK' } as const

let aws: OnAws
afterEach(() => aws.close())

/** An alarm fires, recovers, fires again, is escalated, recovers, and is resolved. The failure comes with its first call. */
async function story(...failures: readonly Plan[]): Promise<AwsStub> {
  aws = await OnAws.start()
  const { rehearsal, stub } = aws
  for (const failure of failures) stub.fail(failure)
  await rehearsal.alarm(ALARM)
  await rehearsal.minutes(5)
  // It was asked by then whether anybody was paged: what is asked fails when it is asked for the rest, too.
  stub.heal()
  for (const failure of failures) if (isAsking(failure)) stub.fail(failure)
  await rehearsal.minutes(5)
  await rehearsal.alarm(OK)
  await rehearsal.minutes(5)
  await rehearsal.alarm(ALARM)
  await rehearsal.minutes(25)
  await rehearsal.alarm(OK)
  await rehearsal.minutes(40)
  expect(await rehearsal.system.failures()).toEqual([])
  return stub
}

/** What AWS knows in the end, without what a retry may well change: how late it was, and what it was called. */
function ending(stub: AwsStub): object {
  const nameOf = (arn: string): string => arn.split('/').at(-1) ?? arn
  const untimed = (text: string): string => text.replace(/for \d+ minutes/u, 'for some minutes')
  return {
    incidents: stub.incidents.map(({ status, impact, title }) => ({ status, impact, title })),
    told: stub.incidents.map((incident) => stub.told(incident).filter(isPunctual).map(untimed).toSorted()),
    engagements: stub.engagements.map(({ contactArn, stoppedAt }) => [nameOf(contactArn), stoppedAt !== undefined]),
    pages: stub.pages.map(({ contactArn }) => nameOf(contactArn)),
    changes: stub.incident.timeline.filter(({ type }) => type === 'SSM Incident Record Update').length,
  }
}

const CHANGING = [
  'StartIncident',
  'CreateTimelineEvent',
  'UpdateIncidentRecord',
  'StartEngagement',
  'StopEngagement',
] as const
const ASKING = [
  'GetIncidentRecord',
  'GetResponsePlan',
  'GetContact',
  'ListIncidentRecords',
  'ListEngagements',
  'ListPagesByEngagement',
] as const

const isAsking = ({ operation }: Plan): boolean => ASKING.some((each) => each === operation)

const isPunctual = (sentence: string): boolean =>
  !sentence.startsWith('Opened late') && !sentence.startsWith('Nobody has answered')

let undisturbed: object
let operations: ReadonlySet<string>
beforeAll(async () => {
  const stub = await story()
  undisturbed = ending(stub)
  operations = new Set(stub.calls.map(({ operation }) => operation))
  await aws.close()
})

it('breaks every call that the story makes', async () => {
  expect(operations).toEqual(new Set([...CHANGING, ...ASKING]))
  expect(ending(await story())).toEqual(undisturbed)
})

const REFUSED = ['throttled', 'access-denied'] as const satisfies Failure[]
const BROKEN = ['unavailable', 'reset', 'truncated', 'empty'] as const satisfies Failure[]
const NONSENSE = ['html', 'wrong-shape'] as const satisfies Failure[]

describe.each([...CHANGING, ...ASKING])('%s', (operation) => {
  it.each([...REFUSED, ...BROKEN, ...NONSENSE])('fails twice (%s), and the story ends the same', async (failure) => {
    expect(ending(await story({ failure, operation, times: 2 }))).toEqual(undisturbed)
  })
})

describe.each(CHANGING)('%s', (operation) => {
  it.each(BROKEN)('takes effect, but its answer is lost twice (%s), and it is not done again', async (failure) => {
    expect(ending(await story({ failure, operation, times: 2, afterwards: true }))).toEqual(undisturbed)
  })
})

it.each(['StartIncident', 'StopEngagement'])(
  'gives up a call of %s that hangs, and does it once',
  async (operation) => {
    const began = performance.now()
    expect(ending(await story({ failure: 'hang', operation, afterwards: true }))).toEqual(undisturbed)
    expect(performance.now() - began, 'a function has 30 seconds').toBeLessThan(15_000)
  },
)

it.each(['throttled', 'quota-exceeded', 'not-found', 'access-denied'] as const)(
  'opens the incident once AWS takes it, however long every call is refused (%s)',
  async (failure) => {
    aws = await OnAws.start()
    const { rehearsal, stub } = aws
    stub.fail({ failure, times: Infinity })
    await rehearsal.alarm(ALARM)
    await rehearsal.minutes(60)
    expect(stub.incidents).toHaveLength(0)
    stub.heal()
    await rehearsal.minutes(16)
    expect(stub.incident.status).toBe('OPEN')
    expect(stub.told()[0]).toMatch(/^Alarm pay-errors went from OK to ALARM/)
    expect(stub.pages.length).toBeGreaterThan(0)
  },
)

it('counts the answer of a person though AWS at first answers nonsense when asked for it', async () => {
  aws = await OnAws.start()
  const { rehearsal, stub } = aws
  await rehearsal.alarm(ALARM)
  stub.acknowledge(stub.pages[0])
  stub.fail({ failure: 'wrong-shape', operation: 'ListPagesByEngagement' })
  await rehearsal.minutes(60)
  expect(stub.engagements).toHaveLength(1)
})

it("opens forty incidents, each once, at AWS's own rates", async () => {
  aws = await OnAws.start({ rates: AWS_RATES })
  const { rehearsal, stub } = aws
  const alarms = Array.from({ length: 40 }, (_, index) => ({
    name: `alarm-${index}`,
    state: 'ALARM' as const,
    at: START,
  }))
  await rehearsal.alarm(...alarms)
  await rehearsal.minutes(60)
  expect(stub.incidents.map(({ title }) => title).toSorted()).toHaveLength(40)
  expect(new Set(stub.incidents.map(({ triggerArn }) => triggerArn)).size).toBe(40)
  for (const incident of stub.incidents) expect(stub.told(incident).filter(isPunctual)).toHaveLength(1)
  expect(stub.callsOf('StartIncident', 'ThrottlingException').length).toBeGreaterThan(0)
})
