// ISO 8601 durations of a fixed length: weeks, days, hours, minutes and seconds.

const DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/
const MILLISECONDS = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000]

/** Milliseconds of a duration such as PT5M or P1DT2H; undefined when it is none. Years and months have no fixed length. */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text)?.slice(1)
  if (!parts?.some((part) => part !== undefined) || text.endsWith('T')) return undefined
  return Math.round(parts.reduce((sum, part, index) => sum + Number(part ?? 0) * (MILLISECONDS[index] ?? 0), 0))
}
