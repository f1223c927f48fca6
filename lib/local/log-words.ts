// Short words for what log records hold: ARNs, ids, the keys of commands.
import { parseArn } from '../aws/arn.ts'

const LONGEST = 200
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gu
const WHOLE_UUID = new RegExp(`^${UUID.source}$`, 'u')
/** An alarm's name may hold anything, so that nobody can say where its ARN ends: what comes before it is left out. */
const ALARM = /arn:aws[\w-]*:cloudwatch:[\w-]*:\w*:alarm:/gu
const ARN = /arn:aws[\w-]*:[\w-]+:[\w-]*:\w*:[^\s,"'()]+/gu
/** What could move the cursor, end the line, or turn the text around. */
const INVISIBLE = /[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu

/** One line that a terminal shows as it is. */
export const cleaned = (text: string): string => text.replaceAll(INVISIBLE, ' ').trim()

/** The value as a person says it; empty where there is none. ARNs are what they name, ids their first 8 characters. */
export function shortened(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const named = cleaned(text).replaceAll(ALARM, '').replaceAll(ARN, nameIn)
  return cut(named.replaceAll(UUID, (id) => id.slice(0, 8)))
}

const cut = (text: string): string => {
  const characters = Array.from(text)
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : text
}

/** `function:sweep` is sweep, `page/primary/<id>` is primary, and an incident is its id. */
function nameIn(arn: string): string {
  const resource = parseArn(arn)?.resource ?? arn
  const named = /^[a-z-]+:(.+)$/u.exec(resource)?.[1]
  if (named !== undefined) return named
  const [kind, ...names] = resource.split('/')
  const last = names.at(-1) ?? resource
  return kind !== 'incident-record' && WHOLE_UUID.test(last) ? (names.at(-2) ?? last) : last
}

/** What a key of a command says after the episode's own key and the number of the incident (lib/automation/decide). */
const WORDS: readonly (readonly [key: RegExp, words: (name: string) => string])[] = [
  [/last-resort(?:\/\d+)?$/u, () => 'tell the last resort'],
  [/^start(?:\/\d+)?$/u, () => 'start'],
  [/^start(?:\/\d+)?\/fallback$/u, () => 'start by the fallback plan'],
  [/\|(?<name>\w+)\|[^|]*(?:\|\w+)?$/u, (name) => `note ${name}`],
  [/^event\|/u, () => 'note the event'],
  [/^(?<name>[\w-]+)\/(?:.*\/)?note$/u, (name) => `note ${name}`],
  [/^escalate\/.*\/impact$/u, () => 'raise the impact'],
  [/^escalate\/\d+\/[^/]+\/\d+\/(?<name>.+)$/u, (name) => `escalate to ${name}`],
  [/^page-anew\/[^/]+\/(?<name>.+)$/u, (name) => `page ${name} anew`],
  [/^raise\/[^/]+\/impact$/u, () => 'raise the impact'],
  [/^raise\/[^/]+\/(?<name>.+)$/u, (name) => `page ${name} anew`],
  [/^stop\/(?<name>.+)$/u, (name) => `stop paging ${name}`],
  [/^accept\/(?<name>.+)$/u, (name) => `accept a page of ${name}`],
  [/^resolve\//u, () => 'resolve'],
]

/** The commands of these keys in words. That something is noted on the timeline is only said where nothing else is done. */
export function decided(keys: unknown): string {
  const all = (Array.isArray(keys) ? keys : [keys]).map((key) => inWords(String(key)))
  const done = all.filter((words) => !words.startsWith('note '))
  return [...new Set(done.length ? done : all)].join(', ')
}

function inWords(key: string): string {
  const { what } = partsOf(key)
  for (const [pattern, words] of WORDS) {
    const found = pattern.exec(what)
    if (found) return words(shortened(found.groups?.['name']))
  }
  return shortened(what)
}

/** What a command's key is about: the alarm's name, say. */
export const subjectOf = (key: unknown): string => shortened(partsOf(String(key)).episode)

/** `<episode>/<number of its incident>/<what>`. */
function partsOf(key: string): { readonly episode: string; readonly what: string } {
  const [, episode = '', what = key] = /^(.+?)\/\d+\/(.+)$/su.exec(key) ?? []
  return { episode, what }
}
