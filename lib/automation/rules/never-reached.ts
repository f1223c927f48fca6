// Rules that can never count, because one before them takes every event that they would.
import { numberOf } from './event-fields.ts'
import { TEXTS } from './envelope-fields.ts'
import { isObject, isScalar } from './operators.ts'
import { type Asked, compilePattern, type Pattern } from './pattern.ts'

export interface Shadow {
  /** Position of the rule that never counts, and of the first one that takes its events. */
  readonly at: number
  readonly behind: number
  readonly same: boolean
}

/**
 * Of patterns in the order in which they are compared. What is too intricate to compare is left out; of the rules behind the
 * first few hundred only those that repeat a pattern, or stand behind one that takes everything, are found.
 */
export function neverReached(patterns: readonly Pattern[]): readonly Shadow[] {
  const compiled = patterns.map((pattern) => compilePattern(pattern, '').ways)
  const firsts = new Map<string, number>()
  const before: number[] = []
  return compiled.flatMap((ways, at): Shadow[] => {
    const text = textOf(ways)
    const same = firsts.get(text)
    if (same !== undefined) return [{ at, behind: same, same: true }]
    firsts.set(text, at)
    const behind = ways.length > MOST_WAYS ? undefined : before.find((index) => takesAll(compiled[index] ?? [], ways))
    const worthComparing = at < MOST_COMPARED || ways.some((way) => way.every(isAlways))
    if (behind === undefined && worthComparing && ways.length <= MOST_WAYS) before.push(at)
    return behind === undefined ? [] : [{ at, behind, same: false }]
  })
}

const MOST_WAYS = 20
const MOST_COMPARED = 300

/** The same for the same conditions in any order and however they are written. */
const textOf = (ways: Ways): string => {
  const sorted = (texts: readonly string[]): string => JSON.stringify(texts.toSorted((a, b) => (a < b ? -1 : 1)))
  return sorted(ways.map((way) => sorted(way.map(({ field, alternatives }) => JSON.stringify([field, alternatives])))))
}

type Ways = readonly (readonly Asked[])[]

const takesAll = (before: Ways, ways: Ways): boolean =>
  ways.every((way) => before.some((all) => all.every((asked) => isImplied(asked, way))))

function isImplied(asked: Asked, way: readonly Asked[]): boolean {
  if (isAlways(asked)) return true
  for (const { field, alternatives } of way)
    if (field === asked.field && alternatives.every((alternative) => covers(asked, alternative))) return true
  return false
}

const ALWAYS_THERE = new Set(TEXTS.map((field) => numberOf(field)))

/** Whether the condition holds for every event. */
const isAlways = ({ field, test, alternatives }: Asked): boolean =>
  (test.acceptsAbsence || ALWAYS_THERE.has(field)) &&
  alternatives.some((one) => takesAnything(one, ALWAYS_THERE.has(field)))

function takesAnything(alternative: unknown, ofTexts: boolean): boolean {
  if (!isObject(alternative)) return false
  if (alternative['exists'] === true) return true
  return ofTexts && (alternative['prefix'] === '' || alternative['suffix'] === '' || alternative['wildcard'] === '*')
}

/** Whether everything that the alternative takes is taken by the condition. */
function covers({ test, alternatives }: Asked, alternative: unknown): boolean {
  if (isScalar(alternative)) return test.accepts(alternative)
  if (!isObject(alternative)) return false
  if (alternative['exists'] === false) return test.acceptsAbsence
  const { prefix, suffix } = alternative
  const text = JSON.stringify(alternative)
  return alternatives.some(
    (one) =>
      isObject(one) &&
      (one['exists'] === true ||
        (typeof prefix === 'string' && typeof one['prefix'] === 'string' && prefix.startsWith(one['prefix'])) ||
        (typeof suffix === 'string' && typeof one['suffix'] === 'string' && suffix.endsWith(one['suffix'])) ||
        JSON.stringify(one) === text),
  )
}
