// What keeps somebody from being woken though no single incident stands for it: since when, and who was told of it when.
import { ConditionFailed, type Item, type Key, type Table } from '../../aws/table/table.ts'
import { plusSeconds } from '../../aws/instants.ts'
import { sha256 } from '../../aws/token.ts'

export interface Trouble {
  /** What it is about; the same trouble again has the same. */
  readonly id: string
  /** One line, for whoever is woken by it. */
  readonly subject: string
  /** What is wrong, by name, and what to do about it. */
  readonly message: string
  /** It is over when it has not been recorded again for so long. */
  readonly standsForSeconds: number
  /** When it began, where that was before it is first recorded. */
  readonly since?: Date
}

export interface StandingTrouble extends Trouble {
  readonly since: Date
  readonly recordedAt: Date
  /** When the last resort was told of it, at last. */
  readonly toldAt?: Date
}

/** Everything that a sweep keeps for the next stands in one partition, so that one query reads it. */
export const SWEEP_PARTITION = 'sweep'
const PREFIX = 'trouble#'

/** It passes by itself more often than not; what stands so long is told. */
export const TOLD_AFTER_SECONDS = 60
const TOLD_AGAIN_SECONDS = 3600
/** Clocks of two functions differ by less. */
const CLOCKS_APART_SECONDS = 300
/** Longer would not fit into a message of SNS together with others. */
const LONGEST_MESSAGE = 8000
const LONGEST_SUBJECT = 500

const keyOf = (id: string): Key => ({ pk: SWEEP_PARTITION, sk: PREFIX + (id.length > 200 ? sha256(id) : id) })

/** Since when it stands is kept. Whoever else has recorded it or told of it at the same moment has said the same. */
export async function recordTrouble(table: Table, trouble: Trouble, now: Date): Promise<void> {
  const key = keyOf(trouble.id)
  const known = await table.get(key)
  const standing = known && readTrouble(known)
  const fresh = standing && !isOver(standing, now) ? standing : undefined
  try {
    await table.put(
      itemOf({ ...trouble, since: fresh?.since ?? trouble.since ?? now, recordedAt: now, ...toldAt(fresh?.toldAt) }),
      standing ? { equals: { recordedAt: standing.recordedAt.toISOString() } } : known ? undefined : { absent: true },
    )
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error
  }
}

/** It has passed. */
export const clearTrouble = (table: Table, id: string): Promise<void> => table.delete(keyOf(id))

/** Says when the last resort was told of it, whatever else has been recorded since. */
export async function recordTold(table: Table, trouble: StandingTrouble, now: Date): Promise<void> {
  await table.put(itemOf({ ...trouble, toldAt: now }))
}

/** The troubles among the items of the sweep's partition. */
export const troublesIn = (items: readonly Item[]): StandingTrouble[] =>
  items.filter(({ sk }) => sk.startsWith(PREFIX)).flatMap((item) => readTrouble(item) ?? [])

/** Also where the clock was put back since: what still stands is recorded by the clock in force. */
export const isOver = ({ recordedAt, standsForSeconds }: StandingTrouble, now: Date): boolean =>
  plusSeconds(recordedAt, standsForSeconds) < now || recordedAt > plusSeconds(now, CLOCKS_APART_SECONDS)

/** Whether it has not passed by itself. */
export const stands = (trouble: StandingTrouble, now: Date): boolean =>
  !isOver(trouble, now) && plusSeconds(trouble.since, TOLD_AFTER_SECONDS) <= now

/** Whether the last resort must be told of it now. */
export const isToTell = (trouble: StandingTrouble, now: Date): boolean =>
  stands(trouble, now) && (!trouble.toldAt || plusSeconds(trouble.toldAt, TOLD_AGAIN_SECONDS) <= now)

const toldAt = (at: Date | undefined): { toldAt?: Date } => (at ? { toldAt: at } : {})

function itemOf({ id, subject, message, standsForSeconds, since, recordedAt, toldAt: told }: StandingTrouble): Item {
  return {
    ...keyOf(id),
    id,
    subject: subject.slice(0, LONGEST_SUBJECT),
    message: message.slice(0, LONGEST_MESSAGE),
    standsForSeconds,
    since: since.toISOString(),
    recordedAt: recordedAt.toISOString(),
    ...(told ? { toldAt: told.toISOString() } : {}),
  }
}

function readTrouble(item: Item): StandingTrouble | undefined {
  const { id, subject, message, standsForSeconds, since, recordedAt, toldAt: told } = item
  if (
    typeof id !== 'string' ||
    typeof subject !== 'string' ||
    typeof message !== 'string' ||
    typeof standsForSeconds !== 'number' ||
    typeof since !== 'string' ||
    typeof recordedAt !== 'string'
  )
    return undefined
  return {
    id,
    subject,
    message,
    standsForSeconds,
    since: new Date(since),
    recordedAt: new Date(recordedAt),
    ...toldAt(typeof told === 'string' ? new Date(told) : undefined),
  }
}
