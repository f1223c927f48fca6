// Alarms of every type there is: asked for, found, and never taken for deleted because nobody could find them.
import { afterEach, describe, expect, it } from 'vitest'
import { Rehearsal, START } from './rehearsal.ts'

const ARN = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:'
const STATE = 'CloudWatch Alarm State Change'
const RULES = `
version: 1
defaults: {title: "\${detail.alarmName}", resolve: {after: 10m}, escalate: [{unacknowledgedFor: 8m, engage: [manager]}]}
`

let on: Rehearsal
/** Whether events get lost between the bus and the automation. */
let losing = false
/** What the automation asked of CloudWatch. */
let asked: string[] = []
/** Refuses a question of the automation. */
let refusing: (name: string) => boolean = () => false

async function start(options: Parameters<typeof Rehearsal.start>[1] = {}): Promise<void> {
  losing = false
  asked = []
  refusing = () => false
  on = await Rehearsal.start(
    'sqlite',
    {
      ...options,
      watch: {
        invocation: (name, _event, run) =>
          losing && name === 'open-incident' ? Promise.resolve({ batchItemFailures: [] }) : run(),
        call: async (_name, call, run) => {
          if (!call.startsWith('DescribeAlarms')) return run()
          asked.push(call)
          if (refusing(call)) throw Object.assign(new Error('no such alarm type'), { name: 'ValidationException' })
          return run()
        },
      },
    },
    RULES,
  )
}
afterEach(() => on.close())

const LOG = { threshold: 10, scheduledQueryConfiguration: { queryString: 'filter level = "ERROR"' } }
const METRIC = { metrics: [{ id: 'm1', expression: 'SELECT AVG(x) FROM y GROUP BY z', returnData: true }] }

interface Told {
  readonly state?: 'OK' | 'ALARM'
  readonly at?: Date
  readonly configuration?: object
  readonly contributor?: string
  readonly arn?: string
}

async function tell(alarmName: string, told: Told = {}): Promise<void> {
  const { state: value = 'ALARM', at = on.system.now(), configuration, contributor, arn = ARN + alarmName } = told
  const state = { value, reason: 'r', timestamp: at.toISOString() }
  const detail = { alarmName, state, configuration, ...(contributor ? { alarmContributor: { id: contributor } } : {}) }
  await on.put('aws.cloudwatch', contributor ? STATE.replace('State', 'Contributor State') : STATE, detail, [arn])
}

async function lost(...tell: readonly (() => Promise<void>)[]): Promise<void> {
  losing = true
  for (const each of tell) await each()
  losing = false
}

const status = async (): Promise<string[]> => (await on.records()).map((each) => `${each.title} ${each.status}`)
const told = async (): Promise<string[]> =>
  (await Promise.all((await on.records()).map(({ arn = '' }) => on.told(arn)))).flat()

describe('a log alarm', () => {
  it('that fires stays open, and is escalated', async () => {
    await start()
    await tell('error-lines', { configuration: LOG })
    await on.minutes(16)
    expect(await status()).toEqual(['error-lines OPEN'])
    expect(await told()).toContainEqual(expect.stringContaining('Escalated to manager'))
    expect(await told()).not.toContainEqual(expect.stringContaining('no longer exists'))
  })

  it('that comes late opens where it still fires, and does not where it is over', async () => {
    await start()
    const at = new Date(START.getTime() - 7 * 60_000)
    await lost(
      () => tell('over', { at, configuration: LOG }),
      () => tell('over', { state: 'OK', configuration: LOG }),
    )
    await tell('over', { at, configuration: LOG })
    await tell('late-lines', { at, configuration: LOG })
    expect(await status()).toEqual(['late-lines OPEN'])
  })

  it('whose events were lost is opened, and ended, by what CloudWatch says', async () => {
    await start()
    await lost(() => tell('error-lines', { configuration: LOG }))
    await on.minutes(9)
    expect(await status()).toEqual(['error-lines OPEN'])
    await lost(() => tell('error-lines', { state: 'OK', configuration: LOG }))
    await on.minutes(17)
    expect(await status()).toEqual(['error-lines RESOLVED'])
    expect(await told()).toContainEqual(expect.stringContaining('error-lines is OK, CloudWatch says'))
  })

  it('is deleted when neither look finds it any more', async () => {
    await start()
    await tell('error-lines', { configuration: LOG })
    await lost(() => on.deleteAlarm('error-lines'))
    await on.minutes(17)
    expect(await status()).toEqual(['error-lines RESOLVED'])
    expect(await told()).toContainEqual(expect.stringContaining('error-lines no longer exists, CloudWatch says'))
  })

  it('is asked for in one question with all other types', async () => {
    await start()
    await on.minutes(1)
    await tell('error-lines', { configuration: LOG })
    asked = []
    await on.minutes(6)
    // The audit, and the look for alarms that nobody told of.
    expect(asked).toHaveLength(2)
  })
})

describe('an alarm that CloudWatch does not find', () => {
  it('stays open where nothing says of which type it is, which may be one that nobody can ask for yet', async () => {
    await start()
    await tell('unheard-of', { configuration: { forecastConfiguration: {} } })
    await lost(() => on.deleteAlarm('unheard-of'))
    await on.minutes(20)
    expect(await status()).toEqual(['unheard-of OPEN'])
    await on.deleteAlarm('unheard-of')
    await on.minutes(11)
    expect(await status()).toEqual(['unheard-of RESOLVED'])
  })

  it('is gone where CloudWatch has found it before, whatever its type', async () => {
    await start()
    await tell('heard-of')
    await on.minutes(7)
    await lost(() => on.deleteAlarm('heard-of'))
    await on.minutes(16)
    expect(await status()).toEqual(['heard-of RESOLVED'])
  })

  it.each([
    ['without configuration', {}],
    ['with the configuration of its alarm', { configuration: METRIC }],
  ])('stays open where only a contributor of it has been heard of, %s', async (_, configuration) => {
    await start()
    await tell('stalled', { contributor: 'aaaa', ...configuration })
    await on.minutes(20)
    expect(await status()).toEqual(['stalled (aaaa) OPEN'])
    await tell('stalled', { contributor: 'aaaa', state: 'OK', ...configuration })
    await on.minutes(11)
    expect(await status()).toEqual(['stalled (aaaa) RESOLVED'])
  })
})

describe('an alarm whose own name looks like that of a contributor', () => {
  it.each(['a#contributor/b', '#contributor/', 'x#contributor/y#contributor/z'])('recovers: %s', async (name) => {
    await start()
    await tell(name, { configuration: METRIC })
    await tell(name, { contributor: 'c1', configuration: METRIC })
    await on.minutes(6)
    expect(await status()).toEqual([`${name} OPEN`])
    await tell(name, { state: 'OK', configuration: METRIC })
    await on.minutes(11)
    expect(await status()).toEqual([`${name} RESOLVED`])
  })
})

describe('a CloudWatch', () => {
  it('that refuses a type which it does not know is asked for the others', async () => {
    await start()
    let refused = 0
    // All at once, and the first type by itself.
    refusing = () => refused++ % 4 < 2
    await lost(() => tell('pay', { configuration: METRIC }))
    await on.minutes(9)
    expect(await status()).toEqual(['pay OPEN'])
    expect(refused % 4).toBe(0)
  })

  it('of another partition is asked for the alarms of its own', async () => {
    await start({ region: 'us-iso-east-1' })
    const arn = 'arn:aws-iso:cloudwatch:us-iso-east-1:111122223333:alarm:isolated'
    await tell('isolated', { configuration: METRIC, arn })
    await on.minutes(16)
    expect(await status()).toEqual(['isolated OPEN'])
    const { arn: incident } = await on.incident()
    // The incident manager knows no such partition: what it would refuse is left out, and the rest opens.
    expect((await on.relatedItems(incident)).map(({ title }) => title)).toEqual([
      'Alarm in the CloudWatch console',
      'SELECT AVG(x) FROM y GROUP BY z',
    ])
    await tell('isolated', { state: 'OK', configuration: METRIC, arn })
    await on.minutes(11)
    expect(await status()).toEqual(['isolated RESOLVED'])
  })
})
