// The event bus: EventBridge's PutEvents on one machine, with the rules of the compiled template.
import { randomUUID } from 'node:crypto'
import { matches } from '../automation/rules/pattern.ts'
import type { Place } from '../aws/arn.ts'
import type { Clock } from '../aws/clock.ts'
import { isObject, type Json, parseJson, WrongJson } from './json.ts'
import type { Outgoing } from './message-store.ts'
import type { RuleSpec } from './template.ts'

/** EventBridge takes ten entries a call, and 256 KB in all. */
const MAX_ENTRIES = 10
const MAX_BYTES = 256 * 1024

export interface Bus {
  readonly place: Place
  readonly clock: Clock
  readonly rules: readonly RuleSpec[]
  readonly send: (messages: readonly Outgoing[]) => Promise<void>
  /** Takes the states of alarms from what comes by. */
  readonly hear: (inputs: readonly unknown[]) => Promise<void>
}

/** A call that EventBridge would refuse as a whole. */
export class RefusedEvents extends Error {
  override readonly name = 'ValidationException'
}

type Entry = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string }

/**
 * Takes the `Entries` of PutEvents: each is accepted or refused on its own, and what is accepted is on disk, once per
 * rule and target, when this settles. Unlike AWS it takes `aws.*` sources, so that alarms can be rehearsed.
 */
export async function putEvents(input: Json, bus: Bus): Promise<{ FailedEntryCount: number; Entries: Entry[] }> {
  const entries = input.get('Entries').list()
  if (entries.length === 0 || entries.length > MAX_ENTRIES)
    throw new RefusedEvents(
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${
        entries.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${MAX_ENTRIES}`
      }`,
    )
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > MAX_BYTES)
    throw new RefusedEvents('Total size of the entries in the request is over the limit.')
  const messages: Outgoing[] = []
  const alarms: object[] = []
  const results = entries.map((entry): Entry => {
    const refused = refusal(entry, bus.place)
    if (refused) return refused
    const event = toEvent(entry, bus)
    if (event.source === 'aws.cloudwatch') alarms.push(event)
    const body = JSON.stringify(event)
    for (const rule of bus.rules)
      if (matches(rule.pattern, event)) for (const queue of rule.targets) messages.push({ queue, body })
    return { EventId: event.id }
  })
  // One turn, one commit.
  await Promise.all([bus.send(messages), bus.hear(alarms)])
  return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results }
}

function refusal(entry: Json, { region, account }: Place): Entry | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'])
    if (!entry.get(name).optionalString())
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      }
  const bus = entry.get('EventBusName').optionalString() ?? 'default'
  if (bus !== 'default' && bus !== `arn:aws:events:${region}:${account}:event-bus/default`)
    return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${bus} does not exist.` }
  return detailOf(entry) ? undefined : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
}

function detailOf(entry: Json): Readonly<Record<string, unknown>> | undefined {
  try {
    const detail = parseJson(entry.get('Detail').string(), 'Detail').value
    return isObject(detail) ? detail : undefined
  } catch {
    return undefined
  }
}

function toEvent(entry: Json, { place, clock }: Bus) {
  const time = timeOf(entry) ?? clock.now()
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': entry.get('DetailType').string(),
    source: entry.get('Source').string(),
    account: place.account,
    time: `${time.toISOString().slice(0, 19)}Z`,
    region: place.region,
    resources: entry
      .get('Resources')
      .list()
      .map((resource) => resource.string()),
    detail: detailOf(entry) ?? {},
  }
}

/** From 1970 to the end of 9999, as an event can write it. */
const LATEST_SECONDS = 253_402_300_799

function timeOf(entry: Json): Date | undefined {
  const time = entry.get('Time')
  const seconds = time.optionalNumber()
  if (seconds === undefined) return undefined
  if (seconds >= 0 && seconds <= LATEST_SECONDS) return new Date(seconds * 1000)
  throw new WrongJson(`${time.path} must be an instant`)
}

/** As EventBridge counts an entry: 14 bytes for its time, and its texts in UTF-8. */
function sizeOf(entry: Json): number {
  const texts = ['Source', 'DetailType', 'Detail'].map((name) => entry.get(name).optionalString() ?? '')
  const resources = entry
    .get('Resources')
    .list()
    .map((resource) => resource.string())
  const bytes = [...texts, ...resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  return bytes + (entry.get('Time').present ? 14 : 0)
}
