// What one sweep leaves for the next: when it ran, and up to when CloudWatch has been looked through.
import type { Key, Table, Value } from '../../aws/table/table.ts'

export interface Heartbeat {
  /** When a sweep last came to its end. */
  readonly sweptAt?: Date
  /** When alarms that nobody has told of were last looked for, and dead letters redriven; alarms that changed before have been seen. */
  readonly lookedAt?: Date
}

const KEY: Key = { pk: 'sweep', sk: 'heartbeat' }

export async function lastHeartbeat(table: Table): Promise<Heartbeat> {
  const item = await table.get(KEY)
  return { ...instant('sweptAt', item?.['sweptAt']), ...instant('lookedAt', item?.['lookedAt']) }
}

export async function beat(table: Table, { sweptAt, lookedAt }: Heartbeat): Promise<void> {
  await table.put({
    ...KEY,
    ...(sweptAt ? { sweptAt: sweptAt.toISOString() } : {}),
    ...(lookedAt ? { lookedAt: lookedAt.toISOString() } : {}),
  })
}

const instant = (name: keyof Heartbeat, value: Value | undefined): Heartbeat =>
  typeof value === 'string' ? { [name]: new Date(value) } : {}
