// What cannot be decided: somebody is told by name within two minutes, and everything else goes on, heartbeat included.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { Item, Table, Value } from '../../lib/aws/table/table.ts'
import { type Engine, Rehearsal } from './rehearsal.ts'

const ALARM = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:'
const episodeKey = (name: string) => ({ pk: `episode#${ALARM}${name}`, sk: 'episode' })

let on: Rehearsal
let episodes: Table | undefined
let failures: number[]
afterEach(() => on.close())

async function start(engine: Engine, environment: Record<string, string> = {}): Promise<void> {
  failures = []
  on = await Rehearsal.start(engine, {
    environment,
    watch: {
      table: (name, table) => {
        if (name === 'Episodes') episodes = table
        return table
      },
      measure: (of, what, value) => {
        if (of === 'sweep' && what === 'Failures') failures.push(value)
      },
    },
  })
}

/** Puts something else where the episode of the alarm is. */
async function poison(name: string, change: (episode: Record<string, Value | undefined>) => Value): Promise<void> {
  const item: Item | undefined = await episodes?.get(episodeKey(name))
  const episode = item?.['episode']
  if (!item || typeof episode !== 'object' || episode === null || Array.isArray(episode)) throw new Error('no episode')
  await episodes?.put({ ...item, dueAt: on.system.now().toISOString(), episode: change(structuredClone(episode)) })
}

const withRule =
  (rule: Value) =>
  (episode: Record<string, Value | undefined>): Value => {
    const { incident } = episode
    if (typeof incident !== 'object' || incident === null || Array.isArray(incident)) throw new Error('no incident')
    return { ...episode, incident: { ...incident, rule } }
  }

const notDecided = async () => (await on.lastResorts()).filter(({ subject }) => subject?.startsWith('NOT DECIDED'))
const triesOf = (name: string): number =>
  on
    .logs()
    .filter(({ service, episode, level }) => service === 'sweep' && level === 'ERROR' && episode === ALARM + name)
    .length

describe.each<Engine>(['sqlite', 'dynamodb'])('an episode that cannot be decided, on %s', (engine) => {
  it('is told by name, stands in failures, and keeps neither the others nor the heartbeat from going on', async () => {
    let beats = 0
    const outside = createServer((_request, response) => void (beats++, response.end())).listen(0, '127.0.0.1')
    await once(outside, 'listening')
    const address = outside.address()
    const port = typeof address === 'object' ? address?.port : 0
    await start(engine, { TOCSIN_HEARTBEAT_URL: `http://127.0.0.1:${port}` })
    await on.alarm({ name: 'pay-db', state: 'ALARM' }, { name: 'pay-web', state: 'ALARM' })
    const sick = (await on.records()).find(({ title }) => title?.startsWith('pay-db'))
    await on.minutes(2)
    await poison('pay-db', withRule({ id: 'payments' }))
    const before = beats
    await on.minutes(2)
    expect(await notDecided()).toMatchObject([
      {
        subject: 'NOT DECIDED: pay-db',
        body: expect.stringMatching(new RegExp(`Rule: payments\\. Incident: ${sick?.arn}\\.\n`, 'u')),
      },
    ])
    expect(await on.system.failures()).toMatchObject([
      {
        function: 'sweep',
        error: expect.stringContaining('NOT DECIDED: pay-db'),
        event: { id: `undecided/${ALARM}pay-db` },
      },
    ])
    await on.minutes(18)
    // Told within the second sweep; from the third on nothing is unknown.
    expect(beats - before).toBe(18)
    expect(failures.slice(-15)).toEqual(Array.from({ length: 15 }, () => 1))
    expect(triesOf('pay-db')).toBeLessThan(8)
    const well = (await on.records()).find(({ title }) => title?.startsWith('pay-web'))
    expect(await on.told(well?.arn ?? '')).toContainEqual(expect.stringMatching(/^Escalated to manager: /u))
    expect(await notDecided()).toHaveLength(1)
    outside.close()
  }, 60_000)

  it('is told of once it has no shape at all; when it is mended, nobody is told any more', async () => {
    await start(engine)
    await on.alarm({ name: 'pay-db', state: 'ALARM' }, { name: 'pay-web', state: 'ALARM' })
    await on.minutes(1)
    const good = await episodes?.get(episodeKey('pay-db'))
    await poison('pay-db', () => 'nonsense')
    await on.minutes(3)
    expect(await notDecided()).toMatchObject([{ subject: `NOT DECIDED: ${ALARM}pay-db` }])
    if (good) await episodes?.put({ ...good, dueAt: on.system.now().toISOString() })
    await on.minutes(1)
    expect(await on.system.failures()).toEqual([])
    await on.minutes(20)
    expect(await notDecided()).toHaveLength(1)
    const [record] = (await on.records()).filter(({ title }) => title?.startsWith('pay-db'))
    expect(await on.told(record?.arn ?? '')).toContainEqual(expect.stringMatching(/^Escalated to manager: /u))
  }, 60_000)

  it('is told after a minute when it is a signal that cannot be decided, long before it is a dead letter', async () => {
    await start(engine)
    await on.alarm({ name: 'pay-db', state: 'ALARM' })
    const subject = { name: 'pay-db', state: 'ALARM', at: 5, statedAt: 5 }
    await poison('pay-db', (episode) => ({ ...episode, subjects: { [`${ALARM}pay-db`]: subject } }))
    await on.alarm({ name: 'pay-db', state: 'OK', at: new Date(on.system.now().getTime() + 1000) })
    await on.alarm({ name: 'pay-web', state: 'ALARM' })
    await on.minutes(2)
    expect((await notDecided()).some(({ body }) => body.includes(`what it was told of ${ALARM}pay-db`))).toBe(true)
    expect((await on.records()).map(({ title }) => title)).toContainEqual(expect.stringMatching(/^pay-web/u))
  }, 60_000)
})
