// Reads input that others wrote, field by field: what must be there is typed or refused by name, never passed on unseen.
import { MalformedInput } from './signal.ts'

export type Json = Readonly<Record<string, unknown>>

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** As much as a queue of SQS takes; in bytes it may be a little less. */
const LONGEST = 1024 * 1024
/** Far more than any event of AWS has; a text of nothing else would keep whoever reads it busy for long. */
const MOST_VALUES = 40_000

/** What is in texts counts, too: that is found without reading them as JSON. */
function hasManyValues(text: string): boolean {
  let values = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code === COMMA || code === BRACE || code === BRACKET) && ++values > MOST_VALUES) return true
  }
  return false
}
const [COMMA, BRACE, BRACKET] = [0x2c, 0x7b, 0x5b]

/** The object that a text holds as JSON. Throws MalformedInput, before it is parsed where it is too much of anything. */
export function parseJson(source: string, field: string, text: string): Json {
  if (text.length > LONGEST) throw new MalformedInput(source, field, `has more than ${LONGEST} characters`)
  if (hasManyValues(text)) throw new MalformedInput(source, field, `holds more than ${MOST_VALUES} values`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new MalformedInput(source, field, 'is not JSON')
  }
  if (!isJson(value)) throw new MalformedInput(source, field, 'is not a JSON object')
  return notTooDeep(source, field, value)
}

/** Far more than any event of AWS has; without a limit, whoever walks through an event might run out of stack. */
export const DEEPEST = 100

/** `json` itself. Throws MalformedInput. */
export function notTooDeep(source: string, field: string, json: Json): Json {
  if (!isDeep(json, DEEPEST)) return json
  throw new MalformedInput(source, field, `is nested deeper than ${DEEPEST} levels`)
}

export const isDeep = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isDeep(member, levels - 1)))

/** An object of the input. `source` and the path of a field name it in MalformedInput; optional fields of another type are absent. */
export class Fields {
  readonly json: Json
  readonly #source: string
  readonly #path: string

  constructor(source: string, json: Json, path = '') {
    this.json = json
    this.#source = source
    this.#path = path
  }

  malformed(name: string, problem: string): MalformedInput {
    return new MalformedInput(this.#source, this.#path + name, problem)
  }

  get(name: string): unknown {
    return Object.hasOwn(this.json, name) ? this.json[name] : undefined
  }

  text(name: string): string {
    const value = this.optionalText(name)
    if (value !== undefined) return value
    throw this.malformed(name, this.get(name) === undefined ? 'is missing' : 'must be a text')
  }

  /** Half a surrogate pair, which JSON can write and UTF-8 cannot, is the replacement character: a link of it would throw. */
  optionalText(name: string): string | undefined {
    const value = this.get(name)
    return typeof value === 'string' && value !== '' ? value.toWellFormed() : undefined
  }

  optionalNumber(name: string): number | undefined {
    const value = this.get(name)
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined
  }

  /** The texts of a list; what is none of either is left out. */
  texts(name: string): readonly string[] {
    const value = this.get(name)
    if (!Array.isArray(value)) return []
    return value.flatMap((item: unknown) => (typeof item === 'string' ? [item.toWellFormed()] : []))
  }

  object(name: string): Fields {
    const value = this.get(name)
    if (isJson(value)) return new Fields(this.#source, value, `${this.#path}${name}.`)
    throw this.malformed(name, value === undefined ? 'is missing' : 'must be an object')
  }

  optionalObject(name: string): Fields | undefined {
    return isJson(this.get(name)) ? this.object(name) : undefined
  }

  /** The objects of a list; what is none of either is left out. */
  objects(name: string): readonly Fields[] {
    const value = this.get(name)
    if (!Array.isArray(value)) return []
    return value.flatMap((item: unknown, index) =>
      isJson(item) ? [new Fields(this.#source, item, `${this.#path}${name}[${index}].`)] : [],
    )
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T {
    const value = known.find((candidate) => candidate === this.get(name))
    if (value !== undefined) return value
    throw this.malformed(name, `must be ${known.join(', ')}`)
  }

  instant(name: string): Date {
    const instant = parseInstant(this.text(name))
    if (instant) return instant
    throw this.malformed(name, 'must be an instant such as 2026-03-01T12:00:00.000Z')
  }

  /** As `instant` reads it, without seconds, or the seconds or milliseconds since 1970 as AWS's JSON APIs have them. */
  optionalInstant(name: string): Date | undefined {
    const [text, number] = [this.optionalText(name), this.optionalNumber(name)]
    if (text !== undefined) return parseInstant(text.replace(/(T\d\d:\d\d)(?=Z|[+-])/, '$1:00'))
    if (number === undefined || number <= 0) return undefined
    const instant = new Date(number < MILLISECONDS_FROM ? number * 1000 : number)
    return Number.isNaN(instant.getTime()) ? undefined : instant
  }
}

/** As seconds the year 5138, as milliseconds 1973. */
const MILLISECONDS_FROM = 1e11

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?(?:Z|([+-]\d\d):?(\d\d))$/

/** Instants as AWS writes them: `...Z`, `+0000` and `+00:00`, with a fraction of a second or without (api-facts). */
function parseInstant(text: string): Date | undefined {
  const [, toSecond, fraction = '0', hours, minutes] = INSTANT.exec(text) ?? []
  if (toSecond === undefined) return undefined
  const instant = new Date(`${toSecond}.${fraction.padEnd(3, '0')}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`)
  return Number.isNaN(instant.getTime()) ? undefined : instant
}
