// Which episode a signal belongs to, also where an earlier version has kept it under another key.
import { expect, it } from 'vitest'
import { INDEXES } from '../../../lib/aws/table/indexes.ts'
import { openDatabase } from '../../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../../lib/aws/table/sqlite.ts'
import { decideSignal } from '../../../lib/automation/decide/decide-signal.ts'
import { emptyEpisode } from '../../../lib/automation/decide/episode.ts'
import { matterOf } from '../../../lib/automation/decide/opening.ts'
import type { Signal } from '../../../lib/automation/sources/signal.ts'
import { episodesIn } from '../../../lib/automation/state/episodes.ts'
import { locate } from '../../../lib/automation/state/locate.ts'
import { after, alarmChange, HOME, rule } from '../decide/outside.ts'

const RESOURCE = 'arn:aws:rds:us-east-1:111122223333:db:d'
const event: Signal = {
  kind: 'event',
  identity: 'one',
  at: after(0),
  envelope: {
    ...alarmChange('ALARM', after(0)).envelope,
    source: 'tocsin.db',
    'detail-type': 'DB Event',
    resources: [RESOURCE],
  },
}

it('finds the incident that an earlier version keeps under the resource alone, and remembers where it is', async () => {
  const { due, incident } = INDEXES
  const table = sqliteTable(openDatabase(':memory:'), 'Episodes', { due, incident })
  const episodes = episodesIn(table, { now: () => after(1) }, () => {})
  const before = decideSignal(emptyEpisode(RESOURCE), event, rule, {}, HOME, after(0))
  if (!before) throw new Error('nothing was decided')
  await episodes.save(await episodes.load(RESOURCE), before.episode)
  const sought = (isThis: boolean) => {
    const key = matterOf({ ...rule, id: isThis ? 'same' : 'other' }, event)
    const never = { isLeaving: () => false, isClosed: () => false }
    return { subject: key, alarm: key, key, ...never, former: { key: RESOURCE, isThis: () => isThis } }
  }
  const found = await locate(episodes, sought(true))
  expect(found.episode.key).toBe(RESOURCE)
  expect((await episodes.load(sought(true).key)).boundTo).toBe(RESOURCE)
  expect((await locate(episodes, sought(false))).episode).toEqual(emptyEpisode(sought(false).key))
})
