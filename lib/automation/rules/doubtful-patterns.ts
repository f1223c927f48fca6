// Patterns that EventBridge would take and that can never match an event: a name, a kind of value or a spelling that none has.
import { alarmFieldMeant, isText, letters, mayHaveValue, wrongField } from './envelope-fields.ts'
import { isObject, isScalar, type Path } from './operators.ts'
import type { Pattern } from './pattern.ts'

export interface Doubt {
  /** Within the pattern. */
  readonly path: Path
  readonly text: string
  /** It can only be a mistake; else it is perhaps meant. */
  readonly certain: boolean
}

interface Asked {
  /** Joined by dots. */
  readonly field: string
  readonly path: Path
  readonly alternatives: readonly unknown[]
}

/** What is wrong with a pattern that has been parsed. */
export function doubtsAbout(pattern: Pattern): readonly Doubt[] {
  const asked = [...fieldsOf(pattern, [], '')]
  const ofAlarms = asked.some(isOfAlarms)
  return asked.flatMap((one) => (mayHaveValue(one.field) ? valueDoubts(one, ofAlarms) : [nameDoubt(one)]))
}

function* fieldsOf(pattern: Readonly<Record<string, unknown>>, path: Path, prefix: string): Generator<Asked> {
  for (const [name, value] of Object.entries(pattern)) {
    const at = [...path, name]
    if (name === '$or' && Array.isArray(value)) {
      for (const [index, option] of value.entries())
        if (isObject(option)) yield* fieldsOf(option, [...at, index], prefix)
    } else if (isObject(value)) yield* fieldsOf(value, at, `${prefix}${name}.`)
    else if (Array.isArray(value)) yield { field: prefix + name, path: at, alternatives: value }
  }
}

const nameDoubt = ({ field, path }: Asked): Doubt => ({ path, text: wrongField(field), certain: true })

/** Whether only alarms of CloudWatch can match. */
const isOfAlarms = ({ field, alternatives }: Asked): boolean =>
  (field === 'source' && alternatives.every((value) => value === 'aws.cloudwatch')) ||
  (field === 'detail-type' &&
    alternatives.every((value) => typeof value === 'string' && value.startsWith('CloudWatch Alarm ')))

function valueDoubts({ field, path, alternatives }: Asked, ofAlarms: boolean): Doubt[] {
  const doubts: Doubt[] = alternatives.flatMap((alternative: unknown, index): Doubt[] => {
    const at = [...path, index]
    if (isText(field) || field === 'resources') {
      const problem = notText(alternative, field)
      if (problem !== undefined) return [{ path: at, text: problem, certain: true }]
    }
    const doubt = withStar(alternative) ?? neverWritten(field, alternative, ofAlarms)
    return doubt === undefined ? [] : [{ path: at, text: doubt, certain: false }]
  })
  const doubt = stateDoubt(field, alternatives, ofAlarms) ?? spellingDoubt(field, alternatives)
  return doubt ? [...doubts, { path, ...doubt }] : doubts
}

function notText(alternative: unknown, field: string): string | undefined {
  if (typeof alternative === 'number') {
    const digits = String(alternative)
    const written = field === 'account' ? digits.padStart(12, '0') : digits
    return `is a number, and ${field} is a text: write '${written}' in quotes`
  }
  if (isScalar(alternative) && typeof alternative !== 'string')
    return `is ${String(alternative)}, and ${field} is a text`
  if (!isObject(alternative)) return undefined
  if ('numeric' in alternative) return `compares numbers, and ${field} is a text`
  const but: unknown = alternative['anything-but']
  const excluded: readonly unknown[] = Array.isArray(but) ? but : [but]
  return excluded.some((value) => typeof value === 'number')
    ? `excludes numbers, and ${field} is a text: write them in quotes`
    : undefined
}

/** A `*` stands for anything only in `wildcard`. */
function withStar(alternative: unknown): string | undefined {
  if (typeof alternative === 'string') {
    if (!alternative.includes('*')) return undefined
    const shorter = /^[^*]+\*$/u.test(alternative) ? `{ prefix: ${JSON.stringify(alternative.slice(0, -1))} } or ` : ''
    return `means the character * itself: for any text write ${shorter}{ wildcard: ${JSON.stringify(alternative)} }`
  }
  if (!isObject(alternative)) return undefined
  const [[operator, operand] = ['', undefined]] = Object.entries(alternative)
  if (operator === 'wildcard' || !textsOf(operand).some((text) => text.includes('*'))) return undefined
  return `means the character * itself in ${operator}: only in wildcard does it stand for any text`
}

/** The texts of an operand, but for those of a wildcard within. */
function textsOf(operand: unknown): readonly string[] {
  if (typeof operand === 'string') return [operand]
  if (Array.isArray(operand)) return operand.flatMap(textsOf)
  if (!isObject(operand)) return []
  return Object.entries(operand).flatMap(([name, value]) => (name === 'wildcard' ? [] : textsOf(value)))
}

/** A whole text that its field never has: AWS writes accounts, Regions and states in one way. */
function neverWritten(field: string, alternative: unknown, ofAlarms: boolean): string | undefined {
  if (typeof alternative !== 'string') return undefined
  switch (field) {
    case 'account':
      return /^\d{12}$/u.test(alternative) ? undefined : `is no account: an account has 12 digits, as '111122223333'`
    case 'region':
      return /^[a-z]+(?:-[a-z]+)+-\d+$/u.test(alternative) ? undefined : `is no Region: one is written as us-east-1`
    case 'detail.state.value':
    case 'detail.previousState.value':
      return stateWritten(alternative, ofAlarms)
    default:
      return undefined
  }
}

function stateWritten(value: string, ofAlarms: boolean): string | undefined {
  if (STATES.has(value)) return undefined
  const meant = STATE_NAMES.find((state) => letters(state) === letters(value))
  if (meant !== undefined) return `is written ${meant} in an alarm`
  return ofAlarms ? `is no state of an alarm: one is ${STATE_NAMES.join(', ')}` : undefined
}

const STATE_NAMES = ['OK', 'ALARM', 'INSUFFICIENT_DATA']
const STATES = new Set<unknown>(STATE_NAMES)

function stateDoubt(
  field: string,
  alternatives: readonly unknown[],
  ofAlarms: boolean,
): Omit<Doubt, 'path'> | undefined {
  if (field !== 'detail.state' && field !== 'detail.previousState') return undefined
  const asksForState = alternatives.some((value) => STATES.has(value))
  if (!asksForState && (!ofAlarms || alternatives.some(isExistence))) return undefined
  return { text: `is an object in every alarm: ask for ${field}.value`, certain: ofAlarms }
}

const isExistence = (alternative: unknown): boolean => isObject(alternative) && 'exists' in alternative

/** Names and values that every alarm has, in other letters. */
function spellingDoubt(field: string, alternatives: readonly unknown[]): Omit<Doubt, 'path'> | undefined {
  const meant = alarmFieldMeant(field)
  if (meant !== undefined) return { text: `is written ${meant} in an alarm`, certain: false }
  if (field !== 'source') return undefined
  const wrong = alternatives.find(
    (value): value is string =>
      typeof value === 'string' && value !== 'aws.cloudwatch' && /^(?:aws)?cloudwatch$/u.test(letters(value)),
  )
  return wrong === undefined ? undefined : { text: `is aws.cloudwatch for an alarm, not ${wrong}`, certain: false }
}
