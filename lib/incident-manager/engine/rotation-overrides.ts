// Which override counts when, where several of them overlap, and what that makes of a span that somebody is on call for.
import { latest } from './engagement.ts'
import type { Override, Shift, Span } from './rotation.ts'

/** A time in which one override counts. */
export interface Overridden extends Span {
  readonly by: Override
}

/**
 * The times in which an override counts, in order, none overlapping another: of those that overlap, the later one in the
 * list. Takes n log n, whatever the list: it comes from whoever asks for a preview.
 */
export function overriddenTimes(overrides: readonly Override[]): Overridden[] {
  const instants = overrides.flatMap(({ start, end }) => [start.getTime(), end.getTime()])
  const cuts = [...new Set(instants)].toSorted((one, other) => one - other)
  const placeOf = new Map(cuts.map((cut, place) => [cut, place]))
  // From each part between two cuts, a part on the way to the first one from there on that is nobody's yet.
  const onward = cuts.map((_, part) => part)
  const firstFree = (part: number): number => {
    let at = part
    for (let next = onward[at] ?? at; next !== at; next = onward[at] ?? at) at = onward[at] = onward[next] ?? next
    return at
  }
  const owners: Override[] = []
  for (const override of overrides.toReversed()) {
    const end = placeOf.get(override.end.getTime()) ?? 0
    for (let part = firstFree(placeOf.get(override.start.getTime()) ?? 0); part < end; part = firstFree(part)) {
      owners[part] = override
      onward[part] = part + 1
    }
  }
  const times: Overridden[] = []
  for (const [part, cut] of cuts.entries()) {
    const by = owners[part]
    const end = cuts[part + 1]
    if (!by || end === undefined) continue
    const last = times.at(-1)
    if (last?.by === by && last.end.getTime() === cut) times[times.length - 1] = { ...last, end: new Date(end) }
    else times.push({ start: new Date(cut), end: new Date(end), by })
  }
  return times
}

/** The shifts of a span that `onCall` have: where `times`, from the `first` on, override it, others instead. One named twice is on call once. */
export function* withOverrides(
  span: Span,
  onCall: readonly string[],
  times: readonly Overridden[],
  first: number,
): Generator<Shift> {
  let { start } = span
  for (let place = first, time = times[place]; time && time.start < span.end; time = times[++place]) {
    if (start < time.start) yield { start, end: time.start, members: onCall }
    const end = time.end < span.end ? time.end : span.end
    yield { start: latest(start, time.start), end, members: [...new Set(time.by.members)], overridden: onCall }
    start = end
  }
  if (start < span.end) yield { start, end: span.end, members: onCall }
}
