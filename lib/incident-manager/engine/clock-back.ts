// What is due of an engagement after the clock was put back: nothing waits longer than its step is long, counted from now.
import { earlier, plusMinutes } from '../../aws/instants.ts'
import type { Engagement, Retry, Track } from './engagement.ts'

/** The same engagement where nothing has to be changed, as on every clock that only goes on. */
export function afterClockWentBack(engagement: Engagement, now: Date): Engagement {
  const { lookAt } = engagement
  const tracks = engagement.tracks.map((track) => trackFrom(track, now))
  const isSame = tracks.every((track, index) => track === engagement.tracks[index]) && !(lookAt && lookAt > now)
  return isSame ? engagement : { ...engagement, tracks, ...(lookAt ? { lookAt: earlier(lookAt, now) } : {}) }
}

function trackFrom(track: Track, now: Date): Track {
  const endsAt = earlier(track.endsAt, plusMinutes(now, track.stages[track.stage]?.durationMinutes ?? 0))
  const retries = track.retries.map((retry) => retryFrom(retry, now))
  const isSame = endsAt === track.endsAt && retries.every((retry, index) => retry === track.retries[index])
  return isSame ? track : { ...track, endsAt, retries }
}

function retryFrom(retry: Retry, now: Date): Retry {
  const at = earlier(retry.at, plusMinutes(now, retry.everyMinutes))
  return at === retry.at ? retry : { ...retry, at }
}
