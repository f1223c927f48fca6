// Plans and contacts that the rules name and that do not exist are warned of before anything fires, by rule and line.
import { CreateContactCommand } from '@aws-sdk/client-ssm-contacts'
import { afterEach, expect, it } from 'vitest'
import type { Table } from '../../lib/aws/table/table.ts'
import { readSweep } from '../../lib/automation/state/heartbeat.ts'
import { Rehearsal } from './rehearsal.ts'

const RULES = `
version: 1
defaults: {plan: default, unmatched: {aws: ignore}}
rules:
  - id: typed
    match: {detail: {alarmName: [{prefix: a-}]}}
    open: {plan: defualt}
    escalate: [{unacknowledgedFor: 5m, engage: [manager, nobdoy]}]
`
const MESSAGE = 'What the rules or the fallback name does not exist: nobody is paged by it until it does'

let on: Rehearsal
afterEach(() => on.close())

it('also the fallback plan, once an hour', async () => {
  on = await Rehearsal.start('sqlite', { environment: { TOCSIN_FALLBACK_PLAN: 'evrybody' } }, 'version: 1')
  await on.minutes(2)
  const warned = on.logs().filter(({ message }) => message === MESSAGE)
  expect(warned).toMatchObject([{ missing: ['the fallback plan evrybody (TOCSIN_FALLBACK_PLAN)'] }])
})

it.each(['sqlite', 'dynamodb'] as const)(
  'at the first sweep, then hourly until they do exist, on %s',
  async (engine) => {
    let episodes: Table | undefined
    let down = false
    const asked: string[] = []
    const isAsked = /^Get(?:ResponsePlan|Contact)Command$/u
    const watch = {
      table: (name: string, table: Table) => (name === 'Episodes' ? (episodes = table) : table),
      call: <T>(from: string, name: string, call: () => Promise<T>): Promise<T> => {
        if (from !== 'sweep' || !isAsked.test(name)) return call()
        asked.push(name)
        return down ? Promise.reject(new Error('connect ECONNREFUSED')) : call()
      },
    }
    on = await Rehearsal.start(engine, { watch }, RULES)
    const warned = () => on.logs().filter(({ message }) => message === MESSAGE)
    down = true
    await on.minutes(2)
    expect([warned(), asked.length > 0]).toEqual([[], true])
    down = false
    await on.minutes(1)
    const missing = [
      'the response plan defualt of rule typed (rules.yml:5)',
      'the contact nobdoy of rule typed (rules.yml:5)',
    ]
    expect(warned()).toMatchObject([{ missing }])
    asked.length = 0
    await on.minutes(30)
    expect(asked).toEqual([])
    if (!episodes) throw new Error('The table of the episodes was not seen')
    expect((await readSweep(episodes)).heartbeat.names?.missing).toEqual(missing)
    await on.contacts.send(new CreateContactCommand({ Alias: 'nobdoy', Type: 'PERSONAL', Plan: { Stages: [] } }))
    await on.minutes(31)
    expect(warned()).toMatchObject([{ missing }, { missing: missing.slice(0, 1) }])
    expect(asked).toHaveLength(4)
  },
  120_000,
)
