// Random values of the model's shapes, which people and programs might send, and references to what is known to exist.
import fc from 'fast-check'
import { shapeOf, type Model, type Structure, type Text } from '../../../lib/incident-manager/model/model.ts'
import { matches } from '../../../lib/incident-manager/protocol/patterns.ts'
import { BEGINNING, POLICY } from './account.ts'
import type { Value } from './violations.ts'

/** Which things a member names. */
const NAMED: Readonly<Record<string, string>> = {
  ContactId: 'contact',
  ContactIds: 'person',
  ContactArn: 'contact',
  NewContactIds: 'person',
  engagements: 'contact',
  ContactChannelId: 'contact-channel',
  EngagementId: 'engagement',
  PageId: 'page',
  RotationId: 'rotation',
  RotationIds: 'rotation',
  RotationOverrideId: 'RotationOverrideId',
  incidentRecordArn: 'incident-record',
  IncidentId: 'incident-record',
  responsePlanArn: 'response-plan',
  resourceArn: 'any',
  ResourceARN: 'any',
  resource: 'any',
  eventId: 'eventId',
  policyId: 'policyId',
  generatedId: 'generatedId',
  relatedItemId: 'generatedId',
  AcceptCode: 'sent-code',
  ActivationCode: 'sent-code',
  nextToken: 'nextToken',
  NextToken: 'nextToken',
}
const namedBy = (operation: string, member: string): string | undefined => {
  if (member === 'resourceArn' && operation.includes('Polic')) return 'response-plan'
  if (member !== 'arn') return NAMED[member]
  if (/ReplicationSet|DeletionProtection/u.test(operation)) return 'replication-set'
  return operation.includes('ResponsePlan') ? 'response-plan' : 'incident-record'
}

/** What is asked for where nothing of the kind is known. */
const ABSENT: Readonly<Record<string, string>> = {
  eventId: '01234567-89ab-cdef-0123-456789abcdef',
  RotationOverrideId: '01234567-89ab-cdef-0123-456789abcdef',
  policyId: '0123456789abcdef0123456789abcdef',
  generatedId: 'related-item/METRIC/0123456789ABCDEF0123456789ABCDEF',
  'sent-code': '123456',
  nextToken: 'forged',
}

/** Stands for one of the known things until the request is made. */
const reference = (kind: string): fc.Arbitrary<string> =>
  fc.oneof(fc.constant(0), fc.nat({ max: 9 })).map((index) => `@${index === 9 ? 'any' : kind}:${index}@`)

const SPECIAL = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'NaN',
  '\u0000',
  '\ud800',
  '\udfff',
]
export const STRANGE = [
  ...SPECIAL,
  'a\ud83d',
  '\u202egnp',
  '🔔'.repeat(40),
  "'; DROP TABLE",
  '%',
  '%zz',
  '%00',
  '../..',
  '\\',
  '"',
  '{}',
]
const PLAUSIBLE = [
  ['ops-team', 'us-east-1', 'us-east-2', 'Europe/Berlin', 'UTC', '123456', 'Custom Event', 'Note', 'ana@example.com'],
  ['+15005550006', '{}', 'https://example.com', 'impact', 'status', 'creationTime', 'createdBy', 'eventTime', 'OPEN'],
  ['eventType', 'ASCENDING', 'aws.cloudwatch', 'Zürich 東京', '01234567-89ab-cdef-0123-456789abcdef'],
  ['arn:aws:ssm-contacts:us-east-1:111122223333:contact/nobody', 'arn:aws:iam::111122223333:role/runbooks'],
  ['arn:aws:ssm-incidents::111122223333:response-plan/absent', 'arn:aws:sns:us-east-1:111122223333:topic'],
  ['arn:aws:ssm-incidents::111122223333:response-plan/\ud800', 'arn:aws:iam::111122223333:role/\ud800'],
  ['related-item/METRIC/0123456789ABCDEF0123456789ABCDEF', 'arn:aws:ssm-contacts:us-east-1:111122223333:rotation/x'],
].flat()

function text({ min = 0, max = 500, pattern, enum: values }: Text): fc.Arbitrary<string> {
  if (values) return fc.constantFrom(...values)
  const fits = (value: string): boolean => {
    const length = Array.from(value).length
    return length >= min && length <= max && (pattern === undefined || matches(pattern, value))
  }
  const plausible = [...PLAUSIBLE, ...STRANGE].filter(fits)
  const random = fc.string({ unit: 'binary', minLength: min, maxLength: Math.min(max, min + 40) }).filter(fits)
  const long = fc
    .constantFrom('x', '0', '🔔')
    .map((unit) => unit.repeat(max))
    .filter(fits)
  if (pattern !== undefined) return fc.oneof(fc.constantFrom(...plausible), ...generated(pattern, fits))
  return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...plausible) }, { weight: 3, arbitrary: random }, long)
}

/** Texts of a pattern, where fast-check understands it. */
function generated(pattern: string, fits: (value: string) => boolean): fc.Arbitrary<string>[] {
  try {
    return [fc.stringMatching(new RegExp(pattern, 'u'), { maxLength: 60 }).filter(fits)]
  } catch {
    return []
  }
}

/** What a person would write there. */
const LIKELY: Readonly<Record<string, readonly string[]>> = {
  TimeZoneId: ['Europe/Berlin', 'America/New_York', 'UTC', 'Australia/Lord_Howe', 'Mars/Olympus'],
  eventType: ['Custom Event', 'Note', 'Custom Event', 'SSM Incident Start'],
  key: ['impact', 'status', 'creationTime', 'createdBy', 'eventTime', 'eventType', 'eventReference', 'constructor'],
  SimpleAddress: ['+15005550006', 'ana@example.com'],
  policy: [POLICY],
  Policy: [POLICY],
  regionName: ['us-east-1', 'us-east-2', 'eu-west-1'],
}
/** Members that the rules of the API require, though its model does not. */
const WHOLE: Readonly<Record<string, readonly string[]>> = { CoverageTime: ['Start', 'End'], Tag: ['Key', 'Value'] }
/** Members of which one is there at a time. */
const EITHER: Readonly<Record<string, readonly string[]>> = {
  Target: ['ChannelTargetInfo', 'ContactTargetInfo'],
  Plan: ['Stages', 'RotationIds'],
  RecurrenceSettings: ['DailySettings', 'WeeklySettings', 'MonthlySettings'],
}

const inHours = (min: number, max: number): fc.Arbitrary<Date> =>
  fc.integer({ min, max }).map((hours) => new Date(BEGINNING.getTime() + hours * 3_600_000))
const EXTREMES = [new Date(0), new Date('0001-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59Z'), BEGINNING]
/** Spans mostly end after they begin. */
const instant = (member: string): fc.Arbitrary<Date> =>
  fc.oneof(
    { weight: 8, arbitrary: member.startsWith('End') ? inHours(200, 900) : inHours(-100, 200) },
    inHours(-2000, 5000),
    fc.constantFrom(...EXTREMES),
  )

/** A value that the model allows. */
function right(model: Model, operation: string, name: string, member: string): fc.Arbitrary<Value> {
  const shape = shapeOf(model, name)
  switch (shape.type) {
    case 'structure':
      return members(model, operation, WHOLE[name] ? { ...shape, required: WHOLE[name] } : shape, EITHER[name])
    case 'list': {
      const { min = 0, max = 3 } = shape
      const minLength = member.endsWith('lySettings') ? 1 : min
      const element = right(model, operation, shape.member, member)
      return fc.array(element, { minLength, maxLength: Math.max(minLength, Math.min(max, 3)) })
    }
    case 'map': {
      const { min = 0, max = 3 } = shape
      const keys = shapeOf(model, shape.key)
      const key = keys.type === 'string' ? text(keys) : fc.constant('key')
      const entry = fc.tuple(key, right(model, operation, shape.value, member))
      const selector = ([first]: [string, Value]): string => first
      return fc
        .uniqueArray(entry, { minLength: min, maxLength: Math.max(min, Math.min(max, 3)), selector })
        .map((entries) => Object.fromEntries(entries))
    }
    case 'string': {
      const kind = namedBy(operation, member)
      const likely = LIKELY[member]
      if (kind !== undefined) return fc.oneof({ weight: 9, arbitrary: reference(kind) }, text(shape))
      return likely ? fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...likely) }, text(shape)) : text(shape)
    }
    case 'integer': {
      const { min = -2147483648, max = 2147483647 } = shape
      const small = fc.integer({ min: Math.max(min, 0), max: Math.max(min, Math.min(max, 3)) })
      return fc.oneof({ weight: 4, arbitrary: small }, fc.integer({ min, max }))
    }
    case 'boolean':
      return fc.boolean()
    case 'timestamp':
      return instant(member)
  }
}

/** Members that the model allows; what may be absent sometimes is. */
export function members(
  model: Model,
  operation: string,
  shape: Structure,
  either: readonly string[] = [],
): fc.Arbitrary<{ [name: string]: Value }> {
  const one = Object.entries(shape.members).map(
    ([name, of]) => [name, right(model, operation, of, name)] as const satisfies [string, fc.Arbitrary<Value>],
  )
  if (shape.union) return fc.oneof(...one.map(([name, value]) => value.map((value) => ({ [name]: value }))))
  const any = fc.record(Object.fromEntries(one), { requiredKeys: [...(shape.required ?? [])] }).map(withoutTokens)
  if (!either.length) return any
  const others = (kept: string) => either.filter((name) => name !== kept)
  const chosen = either.map((kept) => {
    const those = one.filter(([name]) => !others(kept).includes(name))
    return fc.record(Object.fromEntries(those), { requiredKeys: [...(shape.required ?? []), kept] })
  })
  return fc.oneof(...chosen, ...chosen, any)
}

/** A page token is in its place after a page: mostly there is none. */
const withoutTokens = (input: { [name: string]: Value }): { [name: string]: Value } => {
  const { nextToken, NextToken, ...rest } = input
  const kept = [nextToken, NextToken].find((token) => typeof token === 'string' && /[0-2]@$/u.test(token))
  return kept === undefined ? rest : { ...rest, [nextToken === kept ? 'nextToken' : 'NextToken']: kept }
}

/** What has been seen to exist, by kind: `contact`, `incident-record`, `eventId`, `nextToken`, ... */
export type Known = ReadonlyMap<string, readonly string[]>

/** The value with what is known in the place of references. */
export function resolved(value: Value, known: Known): Value {
  if (typeof value === 'string')
    return value.replaceAll(/@([\w-]+):(\d+)@/gu, (marker, kind: string, index: string) => {
      if (kind === 'raw') return marker
      const those = known.get(kind) ?? [ABSENT[kind] ?? `arn:aws:ssm-contacts:us-east-1:111122223333:${kind}/none`]
      return those.at(-1 - (Number(index) % those.length)) ?? ''
    })
  if (Array.isArray(value)) return value.map((element) => resolved(element, known))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolved(member ?? null, known)]))
}
