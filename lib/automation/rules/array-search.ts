// Which elements of an event's arrays a pattern's conditions can agree on, as EventBridge has it; in time linear in the event.
import { type FieldTest, isObject, isScalar, type Scalar } from './operators.ts'

export interface NamedTest {
  /** Joined by dots. */
  readonly field: string
  readonly test: FieldTest
}

/** Sets of conditions are the bits of a number. */
export const MOST_CONDITIONS = 30
type Bits = number

/** What the conditions ask of one place of the event. */
interface Place {
  /** Of the place itself. */
  readonly tests: { readonly bit: Bits; readonly test: FieldTest }[]
  readonly members: { readonly name: string; readonly place: Place }[]
  /** All conditions of the place and below, and those of them that take absence. */
  all: Bits
  absences: Bits
}

/** One way to choose elements: what is met by a value, and which absences are disproved, each by the elements that it may look at. */
interface Outcome {
  readonly met: Bits
  readonly seen: Bits
}

interface Found {
  /** No outcome of them meets more, and disproves less, than another. */
  readonly outcomes: readonly Outcome[]
  /** The absences that a value disproves, whichever elements are chosen. */
  readonly exists: Bits
}

const NOTHING: Found = { outcomes: [{ met: 0, seen: 0 }], exists: 0 }

/**
 * Whether values can be chosen so that every condition holds and no two of them are in different elements of one array.
 * As on AWS, conditions choose in the order of their names, and that a field is absent is asked of the elements that the
 * conditions before it have chosen: of every element where none has chosen yet.
 */
export function searchOf(conditions: readonly NamedTest[]): (event: object) => boolean {
  const top = placeOf(conditions.toSorted((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : 0)))
  return (event) => search(top, event, top.all).outcomes.length > 0
}

function placeOf(conditions: readonly NamedTest[]): Place {
  const places = new Map<string, Place>()
  const placed = (name: string): Place => {
    const known = places.get(name)
    if (known) return known
    const place: Place = { tests: [], members: [], all: 0, absences: 0 }
    places.set(name, place)
    return place
  }
  const top: Place = { tests: [], members: [], all: 0, absences: 0 }
  for (const [index, { field, test }] of conditions.entries()) {
    const [bit, parts] = [1 << index, field.split('.')]
    // The way to the field may stop after each of its parts; a member's name is what lies between two stops.
    const stops = [top, ...parts.map((_, part) => placed(parts.slice(0, part + 1).join('.')))]
    for (const [from, place] of stops.entries()) {
      place.all |= bit
      if (test.acceptsAbsence) place.absences |= bit
      for (let to = from + 1; to < stops.length; to++) {
        const [name, next] = [parts.slice(from, to).join('.'), stops[to]]
        if (next && !place.members.some((member) => member.name === name)) place.members.push({ name, place: next })
      }
    }
    stops.at(-1)?.tests.push({ bit, test })
  }
  return top
}

/** `only` are the conditions that nothing but this value can meet: an outcome that leaves one of them unmet is none. */
function search(place: Place, value: unknown, only: Bits): Found {
  const found = Array.isArray(value)
    ? searchArray(place, value, only)
    : isObject(value)
      ? searchMembers(place, value, only)
      : isScalar(value)
        ? ofScalar(place, value)
        : NOTHING
  const { outcomes, exists } = found
  if (outcomes.every((outcome) => mayHold(place, outcome, only))) return found
  return { outcomes: outcomes.filter((outcome) => mayHold(place, outcome, only)), exists }
}

const mayHold = ({ absences }: Place, { met, seen }: Outcome, only: Bits): boolean =>
  (only & ~met & (seen | ~absences)) === 0

function ofScalar({ tests, absences }: Place, value: Scalar): Found {
  if (tests.length === 0) return NOTHING
  let [met, exists] = [0, 0]
  for (const { bit, test } of tests) {
    exists |= bit & absences
    if (test.accepts(value)) met |= bit
  }
  return { outcomes: [{ met, seen: exists }], exists }
}

function searchMembers(place: Place, object: Readonly<Record<string, unknown>>, only: Bits): Found {
  const members = place.members.filter(({ name }) => Object.hasOwn(object, name))
  let [once, twice] = [0, 0]
  for (const member of members) {
    twice |= once & member.place.all
    once |= member.place.all
  }
  let found = NOTHING
  for (const { name, place: next } of members) {
    const { outcomes, exists } = search(next, object[name], only & next.all & ~twice)
    const both = found.outcomes.flatMap((one) =>
      outcomes.map((other) => ({ met: one.met | other.met, seen: one.seen | other.seen })),
    )
    found = { outcomes: both.length > 1 ? best(both) : both, exists: found.exists | exists }
    if (both.length === 0) return found
  }
  return found
}

/** All that is met inside its elements must be met inside the same one; its plain values are at hand whichever is chosen. */
function searchArray(place: Place, array: readonly unknown[], only: Bits): Found {
  let [met, exists] = [0, 0]
  for (const element of array)
    if (isScalar(element)) {
      const plain = ofScalar(place, element)
      met |= plain.outcomes[0]?.met ?? 0
      exists |= plain.exists
    }
  const plainly = exists
  const chosen: Outcome[] = []
  for (const element of array) {
    if (isScalar(element)) continue
    const inside = search(place, element, only & ~met)
    exists |= inside.exists
    for (const outcome of inside.outcomes) if (outcome.met !== 0) include(chosen, outcome)
    // Nothing can be better.
    if (place.absences === 0 && chosen[0]?.met === place.all) break
  }
  const outcomes = chosen.map((one) => {
    const first = one.met & -one.met
    const later = ~(first | (first - 1))
    return { met: one.met | met, seen: plainly | (one.seen & later) | (exists & ~later) }
  })
  return { outcomes: best([{ met, seen: exists }, ...outcomes]), exists }
}

function best(outcomes: readonly Outcome[]): readonly Outcome[] {
  const kept: Outcome[] = []
  for (const outcome of outcomes) include(kept, outcome)
  return kept
}

const isAsGood = (one: Outcome, other: Outcome): boolean =>
  (other.met & ~one.met) === 0 && (one.seen & ~other.seen) === 0

/** An event that spells fields in several ways has more ways to choose than are worth a look: the first of them count. */
const MOST_OUTCOMES = 64

function include(kept: Outcome[], outcome: Outcome): void {
  if (kept.some((one) => isAsGood(one, outcome))) return
  for (let index = kept.length - 1; index >= 0; index--) {
    const one = kept[index]
    if (one && isAsGood(outcome, one)) kept.splice(index, 1)
  }
  if (kept.length < MOST_OUTCOMES) kept.push(outcome)
}
