// What one sweep leaves for the next: when it ran, and up to when CloudWatch has been looked through.
import type { Item, Key, Table, Value } from '../../aws/table/table.ts'
import { SWEEP_PARTITION } from './troubles.ts'

export interface Heartbeat {
  /** When a sweep last came to its end. */
  readonly sweptAt?: Date
  /** When alarms that nobody has told of were last looked for, and dead letters redriven; alarms that changed before have been seen. */
  readonly lookedAt?: Date
  readonly names?: NamesChecked
}

/** What the incident manager has answered, when it was last asked about the plans and contacts that the rules name. */
export interface NamesChecked {
  /** Of which rules: their digest. */
  readonly rules: string
  readonly checkedAt: Date
  /** Names that do not exist, in words. */
  readonly missing: readonly string[]
}

const KEY: Key = { pk: SWEEP_PARTITION, sk: 'heartbeat' }

/** All that the sweeps before have left; one query, however much it is. */
export async function readSweep(
  table: Table,
): Promise<{ readonly heartbeat: Heartbeat; readonly items: readonly Item[] }> {
  const { items } = await table.query({ partition: SWEEP_PARTITION })
  const item = items.find(({ sk }) => sk === KEY.sk)
  return {
    heartbeat: {
      ...instant('sweptAt', item?.['sweptAt']),
      ...instant('lookedAt', item?.['lookedAt']),
      ...namesIn(item),
    },
    items,
  }
}

export async function beat(table: Table, { sweptAt, lookedAt, names }: Heartbeat): Promise<void> {
  await table.put({
    ...KEY,
    ...(sweptAt ? { sweptAt: sweptAt.toISOString() } : {}),
    ...(lookedAt ? { lookedAt: lookedAt.toISOString() } : {}),
    ...(names
      ? { namesOf: names.rules, namesCheckedAt: names.checkedAt.toISOString(), namesMissing: [...names.missing] }
      : {}),
  })
}

function namesIn(item: Item | undefined): Pick<Heartbeat, 'names'> {
  const [rules, at, missing] = [item?.['namesOf'], item?.['namesCheckedAt'], item?.['namesMissing']]
  if (typeof rules !== 'string' || typeof at !== 'string' || !Array.isArray(missing)) return {}
  return { names: { rules, checkedAt: new Date(at), missing: missing.filter((name) => typeof name === 'string') } }
}

const instant = (name: 'sweptAt' | 'lookedAt', value: Value | undefined): Heartbeat =>
  typeof value === 'string' ? { [name]: new Date(value) } : {}
