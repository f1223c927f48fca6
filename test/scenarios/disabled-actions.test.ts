// An alarm whose actions somebody has disabled pages nobody before they are enabled again, unless a rule says otherwise.
import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { Item, Table } from '../../lib/aws/table/table.ts'
import type { SystemOptions } from '../../lib/local/system.ts'
import { type Engine, Rehearsal, START } from './rehearsal.ts'

const RULES = `
version: 1
defaults: {title: "\${detail.alarmName}", resolve: {after: 10m}}
rules:
  - id: always
    match: {detail: {alarmName: [{prefix: always-}]}}
    actionsDisabled: open
  - {id: slow, match: {detail: {alarmName: [shop-slow]}}, open: {dedupe: shop, impact: 3}}
  - {id: down, match: {detail: {alarmName: [shop-down]}}, open: {dedupe: shop, impact: 1}}
`
const HERE = 'us-east-1:111122223333'
const ELSEWHERE = 'eu-central-1:444455556666'

let on: Rehearsal
let asked = 0
/** Whether events get lost between the bus and the automation. */
let losing = false
let cleanUp: () => void = () => undefined

async function start(
  engine: Engine = 'sqlite',
  environment: Record<string, string> = {},
  watch: NonNullable<SystemOptions['watch']> = {},
): Promise<void> {
  asked = 0
  const call = <T>(_name: string, call: string, run: () => Promise<T>): Promise<T> => {
    if (call.startsWith('DescribeAlarms')) asked++
    return run()
  }
  const invocation = (name: string, _event: unknown, run: () => Promise<unknown>): Promise<unknown> =>
    losing && name === 'open-incident' ? Promise.resolve({ batchItemFailures: [] }) : run()
  on = await Rehearsal.start(engine, { environment, watch: { call, invocation, ...watch } }, RULES)
}
afterEach(async () => {
  await on.close()
  cleanUp()
  cleanUp = () => undefined
})

const STATES = { OK: 'OK', ALARM: 'ALARM' } as const

interface At {
  readonly place?: string
  readonly state?: keyof typeof STATES
  readonly at?: Date
}

/** Somebody changes the alarm. */
async function change(alarmName: string, actionsEnabled: boolean, told: At = {}): Promise<void> {
  const { place = HERE, state: value = 'OK', at = on.system.now() } = told
  const timestamp = at.toISOString()
  const detail = {
    alarmName,
    operation: 'update',
    state: { value, timestamp },
    configuration: { alarmName, actionsEnabled, timestamp },
    previousConfiguration: { alarmName, actionsEnabled: !actionsEnabled },
  }
  const resources = [`arn:aws:cloudwatch:${place}:alarm:${alarmName}`]
  await on.put('aws.cloudwatch', 'CloudWatch Alarm Configuration Change', detail, resources)
}

async function alarm(alarmName: string, value: keyof typeof STATES = 'ALARM', place = HERE): Promise<void> {
  const detail = { alarmName, state: { value, reason: 'r', timestamp: on.system.now().toISOString() } }
  const resources = [`arn:aws:cloudwatch:${place}:alarm:${alarmName}`]
  await on.put('aws.cloudwatch', 'CloudWatch Alarm State Change', detail, resources)
}

const opened = async (): Promise<string[]> => (await on.records()).map(({ title }) => title ?? '')

describe.each<Engine>(['sqlite', 'dynamodb'])('an alarm whose actions are disabled (%s)', (engine) => {
  it('pages nobody, and does at once when an event says that they are enabled again and it still fires', async () => {
    await start(engine)
    await change('deploying', false)
    await on.minutes(1)
    await alarm('deploying')
    await on.minutes(11)
    expect([await on.records(), await on.pages()]).toEqual([[], []])
    await change('deploying', true, { state: 'ALARM' })
    const { arn, title } = await on.incident()
    expect(title).toBe('deploying')
    expect(await on.told(arn)).toContain('The actions of deploying are enabled again, and it still fires')
    await on.minutes(1)
    expect(await on.pages()).not.toEqual([])
  })

  it('raises the incident that it joins as soon as they are enabled, and leaves it alone before', async () => {
    await start(engine)
    await change('shop-down', false)
    await alarm('shop-slow')
    await on.accept((await on.pages()).at(-1))
    await alarm('shop-down')
    await on.minutes(8)
    const { arn, impact } = await on.incident()
    const [items, engagements] = [await on.relatedItems(arn), await on.engagements(arn)]
    expect([impact, items.length, engagements.length]).toEqual([3, 2, 1])
    await change('shop-down', true, { state: 'ALARM' })
    await on.minutes(1)
    expect((await on.incident()).impact).toBe(1)
    expect(await on.told(arn)).toContain('The actions of shop-down are enabled again, and it still fires')
    expect([(await on.relatedItems(arn)).length, (await on.engagements(arn)).length]).toEqual([4, 2])
  })

  it('pages nobody where it has recovered before they are enabled', async () => {
    await start(engine)
    await change('deploying', false)
    await alarm('deploying')
    await on.minutes(2)
    await alarm('deploying', 'OK')
    await on.minutes(2)
    await change('deploying', true)
    await on.minutes(11)
    expect(await on.records()).toEqual([])
    await alarm('deploying')
    expect(await opened()).toEqual(['deploying'])
  })
})

describe('disabled actions', () => {
  it('are told to the last resort once when the alarm has fired for a day', async () => {
    // A day of simulated minutes takes long: what is held was stored a day ago.
    const yesterday = new Date(START.getTime() - 86_400_000).toISOString()
    const aged = (item: Item): Item =>
      JSON.parse(JSON.stringify(item).replace(/"heldSince":"[^"]+"/u, `"heldSince":"${yesterday}"`))
    const table = (_name: string, stored: Table): Table => ({
      get: (key) => stored.get(key),
      put: (item, condition) => stored.put(aged(item), condition),
      update: (key, changes, condition) => stored.update(key, changes, condition),
      delete: (key, condition) => stored.delete(key, condition),
      query: (query) => stored.query(query),
    })
    await start('sqlite', {}, { table })
    await change('deploying', false)
    await alarm('deploying')
    await on.minutes(4)
    expect(await on.lastResorts()).toEqual([])
    await on.minutes(20)
    const [message, ...others] = await on.lastResorts()
    expect([others, await on.records()]).toEqual([[], []])
    expect(`${message?.subject}\n${message?.body}`).toMatch(
      /ACTIONS ARE DISABLED: nobody is paged for deploying[^]*actionsDisabled: open in rules\.yml/,
    )
  })

  it('page all the same by a rule that says so', async () => {
    await start()
    await change('always-on', false)
    await alarm('always-on')
    expect(await opened()).toEqual(['always-on'])
  })

  it('are looked at within five minutes where the event that enables them is lost', async () => {
    await start()
    await change('deploying', false)
    await alarm('deploying')
    losing = true
    await change('deploying', true, { state: 'ALARM' })
    losing = false
    await on.minutes(6)
    expect(await opened()).toEqual(['deploying'])
  })

  it('hold an incident that is open from paging anew, and do not once they are enabled', async () => {
    await start()
    await alarm('deploying')
    await on.minutes(1)
    await change('deploying', false, { state: 'ALARM' })
    await alarm('deploying', 'OK')
    await on.minutes(2)
    const before = (await on.pages()).length
    await alarm('deploying')
    await on.minutes(6)
    expect(await on.pages()).toHaveLength(before)
    await change('deploying', true, { state: 'ALARM' })
    await on.minutes(2)
    expect((await on.pages()).length).toBeGreaterThan(before)
    expect(await opened()).toEqual(['deploying'])
  })

  it('of an alarm that cannot be asked about are as the events of its configuration have told, in whatever order', async () => {
    await start()
    await alarm('unknown', 'ALARM', ELSEWHERE)
    expect(await opened()).toHaveLength(1)
    await change('deploying', false, { place: ELSEWHERE })
    await on.minutes(1)
    await alarm('deploying', 'ALARM', ELSEWHERE)
    await on.minutes(16)
    expect(await opened()).toHaveLength(1)
    await change('deploying', true, { place: ELSEWHERE, state: 'ALARM' })
    expect(await opened()).toHaveLength(2)
    const earlier = on.system.now()
    await on.minutes(1)
    await change('swapped', true, { place: ELSEWHERE })
    await change('swapped', false, { place: ELSEWHERE, at: earlier })
    await alarm('swapped', 'ALARM', ELSEWHERE)
    expect(await opened()).toHaveLength(3)
  })

  it('are asked for in one question for all that begin to fire at once, and never for what fires already', async () => {
    await start()
    const names = ['one', 'two', 'three', 'four']
    await on.alarm(...names.map((name) => ({ name, state: 'ALARM' }) as const))
    expect([asked, (await opened()).length]).toEqual([1, 4])
    await on.alarm(...names.map((name) => ({ name, state: 'ALARM' }) as const))
    expect(asked).toBe(1)
  })

  it('are not asked for where an action of the alarm has brought the news', async () => {
    await start()
    await on.setAlarm('other', 'OK')
    const AlarmArn = `arn:aws:cloudwatch:${HERE}:alarm:pay`
    const StateChangeTime = on.system.now().toISOString()
    await on.publish('alarms', { AlarmName: 'pay', AlarmArn, NewStateValue: 'ALARM', StateChangeTime })
    expect([await opened(), asked]).toEqual([['pay'], 0])
  })

  it('keep nobody waiting for longer than a second where CloudWatch does not answer', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    cleanUp = () => {
      silent.closeAllConnections()
      silent.close()
    }
    const address = silent.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await start('sqlite', { AWS_ENDPOINT_URL_CLOUDWATCH: `http://127.0.0.1:${port}` })
    const before = performance.now()
    await alarm('pay')
    const waited = performance.now() - before
    expect(await opened()).toEqual(['pay'])
    expect(waited).toBeGreaterThan(900)
    expect(waited).toBeLessThan(3000)
    expect(on.logs().map(({ message }) => message)).toContain(
      'CloudWatch could not be asked about the actions of an alarm: they count as enabled',
    )
  })
})
