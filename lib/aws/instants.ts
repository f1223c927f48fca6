// Arithmetic on instants, for everybody: pure, and nothing here knows what time it is.

const SECOND_MS = 1000
export const MINUTE_MS = 60 * SECOND_MS

/** The instant `seconds` after `instant`. */
export const plusSeconds = (instant: Date, seconds: number): Date => new Date(instant.getTime() + seconds * SECOND_MS)

/** The instant `minutes` after `instant`. */
export const plusMinutes = (instant: Date, minutes: number): Date => new Date(instant.getTime() + minutes * MINUTE_MS)

/** The first of the two. */
export const earlier = (one: Date, other: Date): Date => (other < one ? other : one)

/** What comes at the same instant is before it. */
export const justAfter = (instant: Date): Date => new Date(instant.getTime() + 1)
