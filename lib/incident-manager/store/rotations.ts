// Rotations and their overrides as items, and who is on call by them.
import type { RecurrenceSettings } from '@aws-sdk/client-ssm-contacts'
import { contactsArn, type Place } from '../../aws/arn.ts'
import type { Item, Range, Table, Value } from '../../aws/table/table.ts'
import { uuidOf } from '../../aws/token.ts'
import { onCallAt, type Override, type Rotation as EngineRotation } from '../engine/rotation.ts'
import { ResourceNotFound, ValidationFailed } from '../errors.ts'
import { contactsResource } from './contacts.ts'
import type { CreatingCall } from './creating-calls.ts'
import { rotationKey, rotationOverrideKey, ROTATIONS } from './keys.ts'
import { recurrenceIn } from './recurrence.ts'
import { decode, encodeItem } from './stored.ts'
import type { Tags } from './tags.ts'

export interface Rotation {
  readonly id: string
  readonly arn: string
  readonly name: string
  readonly contactArns: readonly string[]
  /** Only where somebody has given one. */
  readonly startTime?: Date | undefined
  /** When turns begin where nobody has given a start; what an earlier version made has its start instead. */
  readonly createdTime?: Date | undefined
  readonly timeZone: string
  /** As it was given. */
  readonly recurrence: RecurrenceSettings
  readonly tags: Tags
}

export interface RotationOverride {
  readonly id: string
  readonly rotationArn: string
  readonly contactArns: readonly string[]
  readonly startTime: Date
  readonly endTime: Date
  readonly createTime: Date
  /** That created it. */
  readonly call?: CreatingCall | undefined
}

export const arnOfRotation = (place: Place, id: string): string => contactsArn(place, `rotation/${id}`)

export const rotationItem = (rotation: Rotation): Item => ({
  ...encodeItem(rotationKey(rotation.id), rotation),
  listKey: ROTATIONS,
  listSort: `${rotation.name}#${rotation.id}`,
})
export const readRotation = (item: Item): Rotation => decode<Rotation>(item, ['startTime', 'createdTime'])

export const overrideItem = (rotationId: string, override: RotationOverride): Item =>
  encodeItem(rotationOverrideKey(rotationId, override.id), override)
export const readOverride = (item: Item): RotationOverride =>
  decode<RotationOverride>(item, ['startTime', 'endTime', 'createTime'])

const LAST_SECOND = 0xff_ff_ff_ff
const endIn = (end: Date): string =>
  Math.min(Math.max(Math.floor(end.getTime() / 1000), 0), LAST_SECOND)
    .toString(16)
    .padStart(8, '0')

/** The id of an override begins with its end, so that those that are over need never be read again. */
export const overrideIdOf = (end: Date, token: string): string =>
  endIn(end) + uuidOf(`CreateRotationOverride ${token}`).slice(8)

/** Overrides that end at `instant` or later. */
export const overridesFrom = (instant: Date): Range & { from: string; to: string } => ({
  from: rotationOverrideKey('', endIn(instant)).sk,
  to: rotationOverrideKey('', '~').sk,
})

export const rotationNotFound = (arn: string): ResourceNotFound =>
  new ResourceNotFound(`Rotation not found: ${arn}`, { type: 'ROTATION', id: arn })
const overrideNotFound = (id: string): ResourceNotFound =>
  new ResourceNotFound(`Rotation override not found: ${id}`, { type: 'ROTATION_OVERRIDE', id })

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u

function idIn(arn: string): string | undefined {
  const named = contactsResource(arn)
  return named?.kind === 'rotation' && !named.id && UUID.test(named.alias) ? named.alias : undefined
}

/** The id in a rotation's ARN. ValidationFailed when it is the ARN of something else (AWS's words, as far as known). */
export function rotationIdOf(arn: string): string {
  const id = idIn(arn)
  if (id === undefined) throw new ValidationFailed(`Invalid value provided - Invalid resource Arn ${arn}`)
  return id
}

/** The rotation of that ARN. Errors: ResourceNotFound when there is none, ValidationFailed when it is no rotation's. */
export async function requireRotation(table: Table, arn: string): Promise<Rotation> {
  const item = await table.get(rotationKey(rotationIdOf(arn)))
  if (item?.['arn'] !== arn) throw rotationNotFound(arn)
  return readRotation(item)
}

const ROTATIONS_READ = 100

/** The ARNs of the rotations in which this person takes turns. Each rotation is read: only they know. */
export async function rotationsOf(table: Table, contactArn: string): Promise<string[]> {
  const found: string[] = []
  let after: Value | undefined
  do {
    const next = after === undefined ? {} : { after }
    const page = await table.query({ index: 'list', partition: ROTATIONS, limit: ROTATIONS_READ, ...next })
    for (const { arn, contactArns } of page.items.map(readRotation))
      if (contactArns.includes(contactArn)) found.push(arn)
    ;({ after } = page)
  } while (after !== undefined)
  return found
}

/** The override of that rotation; ResourceNotFound when there is none. */
export async function requireOverride(table: Table, rotation: Rotation, id: string): Promise<RotationOverride> {
  const item = await table.get(rotationOverrideKey(rotation.id, id))
  if (!item) throw overrideNotFound(id)
  return readOverride(item)
}

/** The overrides of a rotation that end at `from` or later, as the engine takes them. */
export async function overridesSince(table: Table, rotationId: string, from: Date): Promise<Override[]> {
  const { items } = await table.query({ partition: rotationKey(rotationId).pk, range: overridesFrom(from) })
  return engineOverrides(items)
}

/** Where several count at once, the one that was made last does. */
const engineOverrides = (items: readonly Item[]): Override[] =>
  items
    .map(readOverride)
    .toSorted(byCreation)
    .map(({ contactArns, startTime, endTime }) => ({ members: contactArns, start: startTime, end: endTime }))

const byCreation = (one: RotationOverride, other: RotationOverride): number =>
  one.createTime.getTime() - other.createTime.getTime() || (one.id < other.id ? -1 : 1)

/** Every rotation has one of the two instants. */
export const engineRotation = ({
  contactArns,
  startTime,
  createdTime,
  timeZone,
  recurrence,
}: Pick<Rotation, 'contactArns' | 'startTime' | 'createdTime' | 'timeZone' | 'recurrence'>): EngineRotation => ({
  members: contactArns,
  startTime: startTime ?? createdTime ?? new Date(0),
  timeZone,
  recurrence: recurrenceIn(recurrence),
})

/** Whom these rotations have on call at `now`, each person once. Rotations that are gone have nobody. */
export async function onCallBy(table: Table, rotationArns: readonly string[], now: Date): Promise<string[]> {
  const onCall = await Promise.all(rotationArns.map((arn) => onCallOf(table, arn, now)))
  return [...new Set(onCall.flat())]
}

async function onCallOf(table: Table, arn: string, now: Date): Promise<readonly string[]> {
  const { pk, sk } = rotationKey(idIn(arn) ?? '')
  // From the overrides that are not over to the rotation itself.
  const { items } = await table.query({ partition: pk, range: { from: overridesFrom(now).from, to: sk } })
  const own = items.find((item) => item.sk === sk)
  if (own?.['arn'] !== arn) return []
  const overrides = engineOverrides(items.filter((item) => item !== own))
  return onCallAt(engineRotation(readRotation(own)), overrides, now)
}

/** Those of these rotations that exist: deleting one takes it out of every schedule (API reference, DeleteRotation). */
export async function existingRotations(table: Table, arns: readonly string[]): Promise<string[]> {
  const items = await Promise.all(arns.map((arn) => table.get(rotationKey(idIn(arn) ?? ''))))
  return arns.filter((arn, index) => items[index]?.['arn'] === arn)
}
