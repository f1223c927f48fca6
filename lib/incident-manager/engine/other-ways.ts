// Where pages could not be delivered: whether the stage may still tell somebody, and which later one has a channel that works.
import type { Contact, Failing, Target, Track } from './engagement.ts'

/** No plan that means somebody is further away; walking on and on would end in an overflow, and nobody be told. */
export const DEEPEST = 100

export interface Known {
  readonly tracks: readonly Track[]
  readonly failing: readonly Failing[]
  readonly acknowledged: readonly string[]
  /** Whose plans lead to the track that is asked about, and its own: to be led back to one of them reaches nobody. */
  readonly path: ReadonlySet<string>
  readonly now: Date
  readonly look: (contactArn: string) => Contact | undefined
}

/**
 * The stage to which a track goes on at once; undefined when it waits for the end of the one that is running. Where that
 * can tell nobody any more, the first that can; where a person's own channels fail for a while, so that their pages are
 * being tried again, the first that has another channel of theirs.
 */
export function stageThatWorks(track: Track, known: Known): number | undefined {
  const running = track.stages[track.stage]?.targets ?? []
  const isOwn = (target: Target): boolean => target.kind === 'channel' && target.contactArn === track.contactArn
  const isInVain = !mayStillTell(running, known)
  const isStalled = !mayStillTell(
    running.filter((target) => !(isOwn(target) && failingOf(target, known))),
    known,
  )
  if (!isStalled || !running.some((target) => target.kind === 'contact' || failingOf(target, known))) return undefined
  const index = track.stages.findIndex(
    ({ targets }, at) => at > track.stage && works(isInVain ? targets : targets.filter(isOwn), known),
  )
  return index === -1 ? undefined : index
}

const failingOf = (target: Target, { failing }: Known): Failing | undefined =>
  target.kind === 'channel' ? failing.find(({ channelArn }) => channelArn === target.channelArn) : undefined

const mayPage = (target: Target & { kind: 'channel' }, { look }: Known): boolean =>
  look(target.contactArn)?.activatedChannels.has(target.channelArn) ?? false

/** Whether one of these, which have been started, has told somebody, or may do so without anything else being started. */
function mayStillTell(targets: readonly Target[], known: Known): boolean {
  const todo = [...targets]
  const seen = new Set(known.path)
  // It grows while it is gone through.
  for (const target of todo) {
    if (known.acknowledged.includes(target.contactArn)) return true
    if (target.kind === 'channel') {
      if (!failingOf(target, known)?.forGood && mayPage(target, known)) return true
      continue
    }
    const track = seen.has(target.contactArn) ? undefined : trackOf(target.contactArn, known)
    seen.add(target.contactArn)
    if (!track) continue
    if (track.toldAt || isTriedAgain(track, known)) return true
    todo.push(...(track.stages[track.stage]?.targets ?? []))
    if (works(targetsFrom(track, track.stage + 1), known)) return true
  }
  return false
}

/** Whether a page of one of its former stages is being tried again. */
const isTriedAgain = ({ stages, stage }: Track, known: Known): boolean =>
  stages
    .slice(0, Math.max(0, stage))
    .some(({ targets }) => targets.some((target) => failingOf(target, known)?.forGood === false))

/** Whether one of these leads to a channel that may be paged, and whose last page left. */
function works(targets: readonly Target[], known: Known): boolean {
  const todo = [...targets]
  const seen = new Set(known.path)
  for (const target of todo) {
    if (known.acknowledged.includes(target.contactArn)) continue
    if (target.kind === 'channel') {
      if (!failingOf(target, known) && mayPage(target, known)) return true
      continue
    }
    if (seen.has(target.contactArn) || seen.size >= DEEPEST) continue
    seen.add(target.contactArn)
    const track = trackOf(target.contactArn, known)
    // Whose plan is being walked is not told anew, but may be waited for.
    if (track && !track.schedule) {
      if (track.endsAt > known.now) todo.push(...targetsFrom(track, track.stage))
      continue
    }
    const contact = known.look(target.contactArn)
    todo.push(...(contact?.stages.flatMap((stage) => stage.targets) ?? []))
    const people = (contact?.onCall ?? []).filter((member) => known.look(member)?.type === 'PERSONAL')
    todo.push(...people.map((contactArn): Target => ({ kind: 'contact', contactArn, essential: false })))
  }
  return false
}

const targetsFrom = ({ stages }: Track, stage: number): Target[] =>
  stages.slice(Math.max(0, stage)).flatMap(({ targets }) => targets)

const trackOf = (contactArn: string, { tracks }: Known): Track | undefined =>
  tracks.find((track) => track.contactArn === contactArn)
