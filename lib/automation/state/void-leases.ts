// After a restart on one machine nobody executes what the process before had claimed: it is free, and due, at once.
import { DUE_SHARDS } from '../../aws/table/due.ts'
import { plusSeconds } from '../../aws/instants.ts'
import { ConditionFailed, isStructure, type Item, type Table } from '../../aws/table/table.ts'
import { LEASE_SECONDS } from '../decide/due.ts'

/** To be called before anybody works: only then is it sure that whoever holds a lease is gone. */
export async function voidLeases(table: Table, now: Date): Promise<void> {
  const range = { to: plusSeconds(now, LEASE_SECONDS).toISOString() }
  const pages = await Promise.all(DUE_SHARDS.map((partition) => table.query({ index: 'due', partition, range })))
  for (const item of pages.flatMap(({ items }) => items)) await voidOf(table, item, now)
}

async function voidOf(table: Table, item: Item, now: Date): Promise<void> {
  const { episode, rev, dueAt } = item
  if (!isStructure(episode) || !isStructure(episode['leases']) || typeof rev !== 'number') return
  const leases = Object.entries(episode['leases'])
  const held = leases.some(([, until]) => typeof until === 'number' && until > now.getTime())
  if (!held) return
  const at = now.toISOString()
  const free = Object.fromEntries(leases.map(([key, until]) => [key, Math.min(Number(until), now.getTime())]))
  const due = typeof dueAt === 'string' && dueAt < at ? dueAt : at
  try {
    await table.put({ ...item, rev: rev + 1, dueAt: due, episode: { ...episode, leases: free } }, { equals: { rev } })
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
  }
}
