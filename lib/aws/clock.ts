// The one way to know what time it is, so that a rehearsal can make time stand still and move it.

export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

export const MINUTE_MS = 60_000

/** The instant `minutes` after `instant`. */
export const plusMinutes = (instant: Date, minutes: number): Date => new Date(instant.getTime() + minutes * MINUTE_MS)
