// When anybody is on call at all: the covered hours of a week, cut out of a turn.
import { MINUTE_MS } from '../../aws/instants.ts'
import { latest } from './engagement.ts'
import type { Coverage, Span } from './rotation.ts'
import { mondayOf, weekOf } from './rotation-turns.ts'
import { DAY_MS, type WallClock } from './wall-clock.ts'

const DAY_MINUTES = DAY_MS / MINUTE_MS
const WEEK_MINUTES = 7 * DAY_MINUTES
/**
 * A span that is not the whole week has a gap each week, and no zone skips the same hours twice in a row: beginning so
 * much earlier finds the beginning of the span that a moment lies in.
 */
const LONGEST_SPAN_MS = 21 * DAY_MS

/** The covered spans of `turn`, in order; some that end before `from` may be left out. Spans that touch are one. */
export function* coveredSpans(
  coverage: readonly Coverage[] | undefined,
  turn: Span,
  clock: WallClock,
  from: Date,
): Generator<Span> {
  const week = coverage && weekOfSpans(coverage)
  if (!week || (week[0]?.from === 0 && week[0].to === WEEK_MINUTES)) {
    yield { start: turn.start, end: turn.end }
    return
  }
  const enough = new Date(from.getTime() - LONGEST_SPAN_MS)
  let held: Span | undefined
  for (let number = weekOf(clock.at(latest(turn.start, enough))); ; number++)
    for (const minutes of week) {
      const [begins, ends] = [minutes.from, minutes.to].map((minute) =>
        clock.firstAt(mondayOf(number) + minute * MINUTE_MS),
      )
      if (!begins || begins >= turn.end) {
        if (held) yield held
        return
      }
      const start = latest(begins, turn.start)
      const end = ends && ends < turn.end ? ends : turn.end
      if (start >= end) continue
      if (held && start <= held.end) held = { start: held.start, end: latest(held.end, end) }
      else {
        if (held) yield held
        held = { start, end }
      }
    }
}

interface Minutes {
  readonly from: number
  readonly to: number
}

/** The covered minutes of a week from Monday on, in order, none touching another; what passes Sunday begins the week. */
function weekOfSpans(coverage: readonly Coverage[]): Minutes[] {
  const given = coverage.flatMap(({ weekday, fromMinute, toMinute }) => {
    const from = weekday * DAY_MINUTES + fromMinute
    const to = weekday * DAY_MINUTES + toMinute + (toMinute <= fromMinute ? DAY_MINUTES : 0)
    return to <= WEEK_MINUTES
      ? [{ from, to }]
      : [
          { from, to: WEEK_MINUTES },
          { from: 0, to: to - WEEK_MINUTES },
        ]
  })
  const spans: Minutes[] = []
  for (const next of given.toSorted((one, other) => one.from - other.from)) {
    const last = spans.at(-1)
    if (last && next.from <= last.to) spans[spans.length - 1] = { from: last.from, to: Math.max(last.to, next.to) }
    else spans.push(next)
  }
  return spans
}
