// What one sweep leaves for the next: when it ran, and up to when CloudWatch has been looked through.
import type { Item, Key, Table, Value } from '../../aws/table/table.ts'
import { SWEEP_PARTITION } from './troubles.ts'

export interface Heartbeat {
  /** When a sweep last came to its end. */
  readonly sweptAt?: Date
  /** When alarms that nobody has told of were last looked for, and dead letters redriven; alarms that changed before have been seen. */
  readonly lookedAt?: Date
  /** Which rules were in force then, and which incident manager there was. */
  readonly rules?: string
  readonly manager?: string
}

const KEY: Key = { pk: SWEEP_PARTITION, sk: 'heartbeat' }

/** All that the sweeps before have left; one query, however much it is. */
export async function readSweep(
  table: Table,
): Promise<{ readonly heartbeat: Heartbeat; readonly items: readonly Item[] }> {
  const { items } = await table.query({ partition: SWEEP_PARTITION })
  const item = items.find(({ sk }) => sk === KEY.sk)
  const heartbeat: Heartbeat = {
    ...instant('sweptAt', item?.['sweptAt']),
    ...instant('lookedAt', item?.['lookedAt']),
    ...text('rules', item?.['rules']),
    ...text('manager', item?.['manager']),
  }
  return { heartbeat, items }
}

export async function beat(table: Table, { sweptAt, lookedAt, ...standing }: Heartbeat): Promise<void> {
  await table.put({
    ...KEY,
    ...(sweptAt ? { sweptAt: sweptAt.toISOString() } : {}),
    ...(lookedAt ? { lookedAt: lookedAt.toISOString() } : {}),
    ...standing,
  })
}

const text = (name: 'rules' | 'manager', value: Value | undefined): Heartbeat =>
  typeof value === 'string' ? { [name]: value } : {}

const instant = (name: 'sweptAt' | 'lookedAt', value: Value | undefined): Heartbeat =>
  typeof value === 'string' ? { [name]: new Date(value) } : {}
