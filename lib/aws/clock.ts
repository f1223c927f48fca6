// The one way to know what time it is, so that a rehearsal can make time stand still and move it.

export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
