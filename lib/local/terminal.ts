// What the functions log, as a person reads it at a terminal: one short line for each record of Powertools Logger.
import { styleText } from 'node:util'
import type { LocalSettings } from '../aws/config.ts'
import { isObject } from './json.ts'
import { ALERT } from './alerts.ts'
import { cleaned, decided, shortened, subjectOf } from './log-words.ts'

/** A record of Powertools Logger: these members, and what the message is about. */
export interface LogRecord {
  readonly level: string
  readonly message: string
  readonly timestamp: string
  readonly service: string
  readonly [fact: string]: unknown
}

type Format = 'bold' | 'dim' | 'red' | 'yellow' | 'green'
/** How a piece of text is set off, where the terminal has colours. */
export type Paint = (format: Format, text: string) => string

/**
 * From now on records come as text to each of this process's streams that is a terminal, or to both when `log` is `text`;
 * everything else that is written stays as it is. `now` is the system's own time, which may be simulated.
 */
export function readableLogs(log: LocalSettings['log'], now: () => Date): void {
  for (const stream of [process.stdout, process.stderr])
    if (log === 'text' || (log === 'auto' && stream.isTTY)) makeReadable(stream, now)
}

/** Logger and Metrics write a record at a time, whole. styleText knows NO_COLOR, and which streams have colours. */
export function makeReadable(stream: NodeJS.WritableStream, now: () => Date): void {
  const write = stream.write.bind(stream)
  const paint: Paint = (format, text) => styleText(format, text, { stream })
  stream.write = (chunk: string | Uint8Array, ...rest: never[]): boolean =>
    write(typeof chunk === 'string' ? shown(chunk, now, paint) : chunk, ...rest)
}

function shown(chunk: string, now: () => Date, paint: Paint): string {
  if (chunk.startsWith(ALERT)) return paint('bold', paint('red', chunk))
  const record = parsed(chunk)
  // Figures for CloudWatch, in the embedded metric format, are nothing to read.
  if (record?.['_aws'] !== undefined) return ''
  if (!isLogRecord(record)) return chunk
  const line = readable(record, now(), paint)
  return line === undefined ? '' : `${line}\n`
}

function parsed(chunk: string): Readonly<Record<string, unknown>> | undefined {
  if (!chunk.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(chunk)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isLogRecord = (value: Readonly<Record<string, unknown>> | undefined): value is LogRecord =>
  ['level', 'message', 'timestamp', 'service'].every((member) => typeof value?.[member] === 'string')

/** A fact of the record in short. */
type Fact = (name: string) => string

/** What is said in other words than the message and all facts. Undefined says nothing: there was nothing to do. */
type Sentence = (fact: Fact, record: LogRecord, paint: Paint) => string | undefined

const SENTENCES: Readonly<Record<string, Sentence>> = {
  'A page left': (fact, _, paint) =>
    paint('bold', `paged ${who(fact)} by ${channel(fact)}${again(fact('attempt'))}`) + after(fact('said')),
  'A page could not be sent': (fact, _, paint) => {
    const left = fact('triedAgain') === 'true' ? 'it is tried again' : 'it is not tried again'
    return paint('bold', `NOT PAGED: ${who(fact)} by ${channel(fact)}`) + after(fact('because')) + `; ${left}`
  },
  'A page was accepted': (fact) => `${who(fact)} replied by ${channel(fact)}`,
  'A page was acknowledged': (fact, _, paint) =>
    fact('codeChecked') === 'true'
      ? paint('green', `${who(fact)} acknowledged`)
      : `a page of ${who(fact)} was accepted without its code`,
  'An incident was opened': (fact, _, paint) => paint('bold', 'incident opened') + after(fact('title')),
  'An incident was resolved': (fact, _, paint) => paint('green', 'incident resolved') + after(fact('title')),
  'The last resort was told': (fact, _, paint) => paint('bold', 'told the last resort') + after(fact('subject')),
  Decided: (fact, { commands }) => `decided: ${decided(commands)} (${fact('episode')})`,
  Swept: (fact, { redriven, unseen, oldestDueSeconds }) => {
    // What it did to what was due is told by itself, and so is each failure.
    if (Number(oldestDueSeconds) > WAITED_SECONDS)
      return `what is due waits: ${fact('due')}, the oldest for ${fact('oldestDueSeconds')} seconds`
    return redriven || unseen ? `swept: ${fact('redriven')} redriven, ${fact('unseen')} unseen until now` : undefined
  },
  'A command failed; the sweep tries it again': (_, { command }) =>
    `failed, and is tried again: ${decided([command])} (${subjectOf(command)})`,
  'The incident manager refused a command': (fact, { command }) =>
    `the incident manager refused: ${decided([command])} (${subjectOf(command)})${after(fact('because'))}`,
}
/** As long as the alarm EpisodesOverdue of functions/self-watch.yml allows. */
const WAITED_SECONDS = 120

/** The contact; the ARN of a page names it too. */
const who = (fact: Fact): string => fact('contact') || fact('page')
const CHANNELS: Readonly<Record<string, string>> = { EMAIL: 'e-mail', VOICE: 'telephone' }
const channel = (fact: Fact): string => CHANNELS[fact('channelType')] ?? fact('channelType')
const after = (text: string): string => text && ` - ${text}`
const again = (attempt: string): string => (Number(attempt) > 1 ? `, attempt ${attempt}` : '')

/** What every record has, or has at another place of the line. */
const NO_FACTS =
  /^(?:level|message|timestamp|service|cold_start|function_\w+|sampling_rate|xray_trace_id|tenant_id|correlation_id|error)$/u

/**
 * The record as a line of text, and what is known of where an unknown error came from on a few more. Undefined where
 * nobody has to read it. `at` is the record's own instant when it is left out.
 */
export function readable(
  record: LogRecord,
  at: Date = new Date(record.timestamp),
  paint: Paint = (_, text) => text,
): string | undefined {
  const fact: Fact = (name) => shortened(record[name])
  const say = SENTENCES[record.message]
  const sentence = say ? say(fact, record, paint) : cleaned(record.message)
  if (sentence === undefined) return undefined
  const facts = Object.keys(record)
    .filter((name) => !say && !NO_FACTS.test(name) && fact(name))
    .map((name) => `${name.replace(/Arn$/u, '')} ${fact(name)}`)
  const { text, frames } = explained(record['error'])
  const incident = fact('correlation_id')
  return [
    [
      paint('dim', `${at.toTimeString().slice(0, 8)} ${record.service.padEnd(LONGEST_SERVICE)}`),
      ...(LOUD[record.level] ? [paint(LOUD[record.level] ?? 'red', record.level)] : []),
      sentence + after(text),
      ...(facts.length ? [paint('dim', `(${facts.join(', ')})`)] : []),
      ...(incident ? [paint('dim', `[${incident}]`)] : []),
    ].join(' '),
    ...frames.map((frame) => paint('dim', `    ${frame}`)),
  ].join('\n')
}

const LOUD: Readonly<Record<string, Format>> = { WARN: 'yellow', ERROR: 'red', CRITICAL: 'red' }
const LONGEST_SERVICE = 'incident-manager'.length

interface Explained {
  readonly text: string
  readonly frames: readonly string[]
}

/** An error as Logger writes it: its name, what it says, and what caused it. Where it was thrown, unless it is a named one. */
function explained(error: unknown): Explained {
  if (!isObject(error)) return { text: shortened(error), frames: [] }
  const { name, message, code, cause, stack } = error
  const why = explained(cause)
  const what = shortened(message) || shortened(code)
  const isKnown = code !== undefined || !UNKNOWN_ERRORS.includes(String(name))
  const frames = !isKnown && typeof stack === 'string' ? stack.split('\n').map(cleaned) : []
  return {
    text: `${shortened(name)}: ${what}${why.text && `, because of ${why.text}`}`,
    frames: [...frames.filter((line) => line.startsWith('at ')).slice(0, MOST_FRAMES), ...why.frames],
  }
}
const UNKNOWN_ERRORS = ['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'AggregateError']
const MOST_FRAMES = 3
