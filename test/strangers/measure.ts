// Run as a process of its own: feeds each parser that its arguments name, and says what took too long or grew too fast.
import { PARSERS } from './parsers.ts'

const MOST_MS = 50
/** For each doubling. Two are measured together, for one is less than what chance makes of a few milliseconds. */
const MOST_GROWTH = 2.5
const ROUNDS = 5
/** What takes less is not measured well enough to say how it grows. */
const MEASURABLE_MS = 30
/** The clock of CPU time may tick every few milliseconds: what is short is done so often in a row. */
const SHORT_RUNS = 8
/** What no parser may answer: it has met its own limits, or does not know what it has before it. */
const BLUNDERS = ['RangeError', 'TypeError', 'ReferenceError']

/** CPU time of this thread, in milliseconds, of one of `runs` in a row. */
async function timed(work: () => unknown, runs = 1): Promise<{ ms: number; blunder?: string }> {
  const before = process.threadCpuUsage()
  let blunder: string | undefined
  for (let run = 0; run < runs; run += 1)
    try {
      await work()
    } catch (error) {
      if (error instanceof Error && BLUNDERS.includes(error.name)) blunder = `${error.name}: ${error.message}`
    }
  const { user, system } = process.threadCpuUsage(before)
  return { ms: (user + system) / 1000 / runs, ...(blunder === undefined ? {} : { blunder }) }
}

for (const wanted of process.argv.slice(2))
  for (const { cap, families, prepare } of PARSERS[wanted] ?? [])
    for (const [family, text] of Object.entries(families)) {
      const [quarter, whole] = [prepare(text(cap / 4)), prepare(text(cap))]
      const best = { quarter: Infinity, whole: Infinity }
      const isFine = () =>
        best.whole <= MOST_MS && (best.whole < MEASURABLE_MS || best.whole <= MOST_GROWTH ** 2 * best.quarter)
      for (let round = 0; round < ROUNDS; round += 1) {
        const [small, large] = [await timed(quarter, SHORT_RUNS), await timed(whole)]
        if (large.blunder) console.log(`${wanted}, ${family}: ${large.blunder}`)
        best.quarter = Math.min(best.quarter, small.ms)
        best.whole = Math.min(best.whole, large.ms)
        if (isFine() || large.ms > 20 * MOST_MS) break
      }
      if (!isFine())
        console.log(
          `${wanted}, ${family}: ${best.quarter.toFixed(1)} ms, then, doubled twice, ${best.whole.toFixed(1)} ms at ${cap} characters`,
        )
    }
