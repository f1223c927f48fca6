// A hundred thousand broken events: each is processed, ignored by rule, or refused by name; none does anything else.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { decideSignal } from '../../../lib/automation/decide/decide-signal.ts'
import { emptyEpisode } from '../../../lib/automation/decide/episode.ts'
import { dedupeKeyOf } from '../../../lib/automation/decide/opening.ts'
import { matchRules } from '../../../lib/automation/rules/match-rules.ts'
import { compileRules } from '../../../lib/automation/rules/schema.ts'
import { parseNotification } from '../../../lib/automation/sources/incident-notification.ts'
import { parseInvocation, parseRecord } from '../../../lib/automation/sources/queue-record.ts'
import { parseReply } from '../../../lib/automation/sources/reply.ts'
import { MalformedInput, type Signal } from '../../../lib/automation/sources/signal.ts'
import { fixture, fixtureNames, record, topicMessage } from './fixtures.ts'

const RUNS = 100_000
/** Those of the project, and some that ask for what may be broken: of the state, of lists, of places that may be none. */
const rules = compileRules(
  {
    version: 1,
    ignore: [
      { id: 'contributors', reason: 'r', match: { 'detail-type': [{ wildcard: '*Contributor State*' }] } },
      { id: 'fine', reason: 'r', match: { detail: { state: { value: ['OK'] }, previousState: [{ exists: false }] } } },
    ],
    rules: [
      { id: 'big', match: { detail: { waiting: [{ numeric: ['>', 20_000] }] } } },
      { id: 'metric', match: { detail: { configuration: { metrics: { metricStat: { stat: ['Maximum'] } } } } } },
      {
        id: 'all',
        match: { source: [{ exists: true }] },
        open: {
          title: '${detail.alarmName} ${detail} ${resources.0}',
          dedupe: '${detail.state.value}${detail.configuration}',
          links: [{ title: 'Runbook', url: 'https://wiki.example.com/${detail.state.reason}' }],
        },
      },
    ],
  },
  () => undefined,
  'rules.yml',
)
const home = { account: '111122223333', region: 'us-east-1' }
const now = new Date('2026-03-01T12:30:00Z')

/** What a signal comes to, as open-incident has it for an episode that nothing is known of. */
function follow(signal: Signal): Outcome {
  const match = matchRules(rules, signal.envelope)
  if (match.kind === 'ignore') return 'ignored by rule'
  const decision = decideSignal(emptyEpisode(dedupeKeyOf(match.rule, signal)), signal, match.rule, {}, home, now)
  // What is decided is stored as JSON.
  JSON.stringify(decision)
  return 'processed'
}

type Outcome = 'processed' | 'ignored by rule' | 'refused by name'
type Read = (text: string) => Outcome

const bySqs: Read = (text) => follow(parseRecord(record(text)))
const bySns: Read = (text) => follow(parseRecord(record(topicMessage(text))))
const byCall: Read = (text) => follow(parseInvocation(parsed(text)))
const notified: Read = (text) => (parseNotification(record(text)), 'processed')
const answered: Read = (text) => (parseReply(record(text)), 'processed')
const published =
  (read: Read): Read =>
  (text) =>
    read(JSON.stringify(topicMessage(text)))

const named = (pattern: string): string[] => fixtureNames(pattern).filter((name) => !name.includes('.entries.'))
/** Every fixture, by each entry that such a thing comes by. */
const INPUTS: readonly (readonly [name: string, text: string, read: Read])[] = [
  ...named('{cloudwatch,custom,health,lambda,sns}/*.json').flatMap((name) =>
    [bySqs, bySns].map((read) => [name, read] as const),
  ),
  ...named('lambda/*.json').map((name) => [name, byCall] as const),
  ...named('{notification,reply}/*.json').map((name) => {
    const read = name.startsWith('reply') ? answered : notified
    return [name, name.includes('.message.') ? published(read) : read] as const
  }),
].map(([name, read]) => [name, JSON.stringify(fixture(name)), read])

/** Never to be seen in a message: what these tests put in, and what the fixtures hold of people and places. */
const VALUE = 'Zq7'
const TOLD = /Zq7|@|\+1\d|arn:aws|\d{12}|checkout|alice|482917/

const deep = (levels: number): string => `${'[{"a":'.repeat(levels)}1${'}]'.repeat(levels)}`
/** JSON, as it stands in the text. */
const VALUES = fc.oneof(
  fc.constantFrom('null', 'true', '0', '-1', '1e400', '-0', '1.7976931348623157e308', '123456789012345678901234567890'),
  fc.constantFrom(
    '""',
    `"${VALUE}"`,
    '"OK"',
    '"ALARM"',
    '"__proto__"',
    '"constructor"',
    '"\\ud800"',
    '"\\u0000"',
    '"${detail}"',
  ),
  fc.constantFrom(
    '[]',
    '{}',
    '[null]',
    `["${VALUE}"]`,
    `{"${VALUE}":"${VALUE}"}`,
    '[[[]]]',
    '{"__proto__":{"polluted":1}}',
  ),
  fc.constantFrom(
    '"2026-02-30T25:61:61Z"',
    '"+275760-09-13T00:00:00Z"',
    '"0000-00-00T00:00:00Z"',
    '"9999-12-31T23:59:59Z"',
    '1772366642',
    '-62198755200000',
  ),
  fc.constantFrom(
    '"{"',
    '"[]"',
    '"{\\"a\\":"',
    '"arn:aws:cloudwatch:::alarm:"',
    '"arn:aws:cloudwatch:x:y:alarm:Zq7"',
    '"arn:::::"',
  ),
  fc.constantFrom(...[20, 60, 1000].map(deep)),
  fc.integer({ min: 1, max: 3 }).map((size) => `"${VALUE.repeat(10 ** size)}"`),
  fc.json({ maxDepth: 2 }),
)

/** Where a value is: of an object's members and lists' items, each in turn, the root first. */
interface Place {
  readonly holder: object
  readonly name: string
  readonly value: unknown
}

function placesOf(holder: object): Place[] {
  return Object.entries(holder).flatMap(([name, value]: [string, unknown]) => [
    { holder, name, value },
    ...(typeof value === 'object' && value !== null ? placesOf(value) : []),
  ])
}

/** What is nested so deep has been broken already, and no walk through it would come back. */
const TOO_DEEP = '[{"a":'.repeat(300)

/** Stands for a value until the JSON is a text: so that it may be what no object can hold. */
const HERE = 'is to be replaced'

/** What is done at one place of the JSON; `other` is another place, `value` a value as JSON text. */
const AT_A_PLACE: Readonly<Record<string, (place: Place, other: Place, value: string) => void>> = {
  drop: ({ holder, name }) => Reflect.deleteProperty(holder, name),
  replace: ({ holder, name }) => Reflect.set(holder, name, HERE),
  rename: ({ holder, name, value }, other) => {
    Reflect.deleteProperty(holder, name)
    Object.defineProperty(holder, other.name, { value, enumerable: true, configurable: true, writable: true })
  },
  renameToProto: ({ holder, name, value }) => {
    Reflect.deleteProperty(holder, name)
    Object.defineProperty(holder, '__proto__', { value, enumerable: true, configurable: true, writable: true })
  },
  swap: (place, other) => {
    Reflect.set(place.holder, place.name, structuredClone(other.value))
    Reflect.set(other.holder, other.name, structuredClone(place.value))
  },
  list: ({ holder, name, value }) => Reflect.set(holder, name, [value, value]),
  text: ({ holder, name, value }) => Reflect.set(holder, name, String(value)),
  json: ({ holder, name, value }) => Reflect.set(holder, name, JSON.stringify(value)),
}

function atAPlace(text: string, what: string, [first, second]: readonly [number, number], value: string): string {
  if (text.includes(TOO_DEEP)) return text
  const root = { root: parsed(text) }
  const places = placesOf(root)
  const [place, other] = [places[first % places.length], places[second % places.length]]
  if (!place || !other) return text
  const inner = typeof place.value === 'string' ? parsed(place.value) : undefined
  if (typeof inner === 'object' && typeof place.value === 'string' && first % 3 > 0)
    Reflect.set(place.holder, place.name, atAPlace(place.value, what, [second, first], value))
  else AT_A_PLACE[what]?.(place, other, value)
  return (JSON.stringify(root.root) ?? 'null').replace(`"${HERE}"`, () => value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What is done to the text itself. */
const TO_THE_TEXT: Readonly<Record<string, (text: string, at: number, value: string) => string>> = {
  truncate: (text, at) => text.slice(0, at),
  behead: (text, at) => text.slice(at),
  insert: (text, at, value) => text.slice(0, at) + value + text.slice(at),
  latin1: (text) => Buffer.from(text.replace('a', 'ä')).toString('latin1'),
  utf16: (text) => Buffer.from(text, 'utf16le').toString('utf8'),
  mark: (text) => `\ufeff${text}`,
  twice: (text) => text + text,
}

const mutation = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...Object.keys(AT_A_PLACE), 'replace', 'replace'),
        fc.tuple(fc.nat(400), fc.nat(400)),
        VALUES,
      )
      .map((how) => (text: string) => atAPlace(text, ...how)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...Object.keys(TO_THE_TEXT)), fc.nat(5000), VALUES).map(
      ([what, at, value]) =>
        (text: string) =>
          TO_THE_TEXT[what]?.(text, at % (text.length + 1), value) ?? text,
    ),
  },
)

it(`each of ${RUNS} broken inputs is processed, ignored by rule, or refused by name`, () => {
  const outcomes: Record<Outcome, number> = { processed: 0, 'ignored by rule': 0, 'refused by name': 0 }
  const problems = new Set<string>()
  const outcomeOf = (read: Read, text: string): Outcome => {
    try {
      return read(text)
    } catch (error) {
      if (!(error instanceof MalformedInput)) throw error
      problems.add(error.message)
      return 'refused by name'
    }
  }
  const broken = fc
    .tuple(fc.constantFrom(...INPUTS), fc.array(mutation, { minLength: 1, maxLength: 2 }))
    .map(([[name, text, read], mutations]) => ({
      name,
      read,
      text: mutations.reduce((it, mutate) => mutate(it), text),
    }))
  fc.assert(
    fc.property(broken, ({ read, text }) => {
      outcomes[outcomeOf(read, text)]++
    }),
    { numRuns: RUNS },
  )
  console.log(`${RUNS} broken inputs: ${JSON.stringify(outcomes)}, ${problems.size} messages`)
  const shape = /^[\w -]+: [\w.[\]-]+ (?:is missing|is not JSON|is not a |is nested |must )/
  for (const problem of problems) {
    expect(problem).toMatch(shape)
    expect(problem).not.toMatch(TOLD)
  }
  expect(Object.values(outcomes).every((count) => count > RUNS / 100)).toBe(true)
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
}, 120_000)
