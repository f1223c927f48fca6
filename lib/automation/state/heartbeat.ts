// What one sweep leaves for the next: when it ran, how far CloudWatch and the open incidents have been looked through, and by which rules.
import { isStructure, type Item, type Key, type Table, type Value } from '../../aws/table/table.ts'
import { SWEEP_PARTITION } from './troubles.ts'

export interface Heartbeat {
  /** When a sweep last came to its end. */
  readonly sweptAt?: Date
  /** When alarms that nobody has told of were last looked for, and dead letters redriven; alarms that changed before have been seen. */
  readonly lookedAt?: Date
  readonly declared?: DeclaredLook
  readonly names?: NamesChecked
  /** Which rules were in force then (their digest), and which incident manager there was. */
  readonly rules?: string
  readonly manager?: string
}

/** How far open incidents that others declared have been looked through. */
export interface DeclaredLook {
  /** What was created before is left alone. */
  readonly since: Date
  /** When those created lately were last listed. */
  readonly listedAt?: Date
  /** Where the list of all that are open goes on; it begins anew when absent. */
  readonly cursor?: string
  /** ARNs of those left alone, as far as they have been found; absent once the log has them. */
  readonly older?: readonly string[]
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
  const heartbeat = {
    ...instant('sweptAt', item),
    ...instant('lookedAt', item),
    ...readDeclared(item?.['declared']),
    ...namesIn(item),
    ...text('rules', item),
    ...text('manager', item),
  }
  return { heartbeat, items }
}

export async function beat(
  table: Table,
  { sweptAt, lookedAt, declared, names, rules, manager }: Heartbeat,
): Promise<void> {
  await table.put({
    ...KEY,
    ...(sweptAt ? { sweptAt: sweptAt.toISOString() } : {}),
    ...(lookedAt ? { lookedAt: lookedAt.toISOString() } : {}),
    ...(rules ? { rules } : {}),
    ...(manager ? { manager } : {}),
    ...(declared ? { declared: itemOf(declared) } : {}),
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

const itemOf = ({ since, listedAt, cursor, older }: DeclaredLook): Value => ({
  since: since.toISOString(),
  ...(listedAt ? { listedAt: listedAt.toISOString() } : {}),
  ...(cursor === undefined ? {} : { cursor }),
  ...(older ? { older: [...older] } : {}),
})

function readDeclared(value: Value | undefined): Pick<Heartbeat, 'declared'> {
  if (!isStructure(value)) return {}
  const { since, listedAt, cursor, older } = value
  if (typeof since !== 'string') return {}
  return {
    declared: {
      since: new Date(since),
      ...(typeof listedAt === 'string' ? { listedAt: new Date(listedAt) } : {}),
      ...(typeof cursor === 'string' ? { cursor } : {}),
      ...(Array.isArray(older) ? { older: older.map(String) } : {}),
    },
  }
}

function instant(name: 'sweptAt' | 'lookedAt', item: Item | undefined): Heartbeat {
  const value = item?.[name]
  return typeof value === 'string' ? { [name]: new Date(value) } : {}
}

function text(name: 'rules' | 'manager', item: Item | undefined): Heartbeat {
  const value = item?.[name]
  return typeof value === 'string' ? { [name]: value } : {}
}
