// Where episodes are kept: as they were read, also those that an earlier version has written.
import { expect, it } from 'vitest'
import { openDatabase } from '../../../lib/aws/table/sqlite-database.ts'
import { INDEXES } from '../../../lib/aws/table/indexes.ts'
import { sqliteTable } from '../../../lib/aws/table/sqlite.ts'
import { episodesIn } from '../../../lib/automation/state/episodes.ts'
import { after, alarmArn, alarmChange, Outside } from '../decide/outside.ts'

const KEY = alarmArn('checkout-5xx')

function open() {
  const { due, incident } = INDEXES
  const table = sqliteTable(openDatabase(':memory:'), 'Episodes', { due, incident })
  return { table, episodes: episodesIn(table, { now: () => after(1) }, () => {}) }
}

const opened = () => {
  const outside = new Outside()
  outside.signal(alarmChange('ALARM', after(0)), after(0))
  return outside.episode
}

it('answers what was saved, instants and all, and refuses to save over what somebody else has saved', async () => {
  const { episodes } = open()
  const none = await episodes.load(KEY)
  await episodes.save(none, opened())
  expect((await episodes.load(KEY)).episode).toEqual(opened())
  await expect(episodes.save(none, opened())).rejects.toThrow(/condition/iu)
})

it('answers what is due, oldest first, with the episode', async () => {
  const { episodes } = open()
  for (const [key, seconds] of [
    ['later', 0],
    ['sooner', -60],
  ] as const) {
    const { incident, ...episode } = opened()
    const due = incident && { ...incident, nextAuditAt: after(seconds) }
    await episodes.save(await episodes.load(key), { ...episode, key, ...(due ? { incident: due } : {}) })
  }
  expect((await episodes.due()).due.map(({ key, dueAt, episode }) => [key, dueAt, episode.key])).toEqual([
    ['sooner', after(-60), 'sooner'],
    ['later', after(0), 'later'],
  ])
})

it('reads what an earlier version has written, and goes on with it', async () => {
  const { table, episodes } = open()
  const { held: _, actions: ___, incident, subjects, ...episode } = opened()
  const { events: __, ...rest } = incident ?? { events: 0 }
  const before = Object.fromEntries(
    Object.entries(subjects).map(([subject, { name, state, at, statedAt }]) => [
      subject,
      { name, state, at, statedAt },
    ]),
  )
  const written = JSON.parse(JSON.stringify({ ...episode, subjects: before, incident: rest }))
  await table.put({ pk: `episode#${KEY}`, sk: 'episode', rev: 1, key: KEY, episode: written })
  const outside = new Outside()
  outside.episode = (await episodes.load(KEY)).episode
  outside.incidents.push({ arn: 'incident-1', status: 'OPEN', source: '', plan: '', timeline: [] })
  outside.signal(alarmChange('INSUFFICIENT_DATA', after(5)), after(5))
  expect(outside.incidents[0]?.timeline).toHaveLength(1)
  expect(outside.episode.incident?.events).toBe(1)
})
