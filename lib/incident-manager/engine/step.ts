// One step of an engagement: the stages and retries that are due now become pages to send.
import { MINUTE_MS, plusMinutes } from '../../aws/instants.ts'
import { afterClockWentBack } from './clock-back.ts'
import {
  type Contact,
  dueAt,
  endedByAnswer,
  type Engagement,
  latest,
  type PageCommand,
  type Retry,
  type Stage,
  type Target,
  type Track,
} from './engagement.ts'
import { DEEPEST, stageThatWorks } from './other-ways.ts'

/** Contacts by ARN as far as they have been read; undefined: there is no such contact. */
export type Directory = ReadonlyMap<string, Contact | undefined>

export type Step =
  | {
      readonly kind: 'stepped'
      readonly engagement: Engagement
      readonly commands: readonly PageCommand[]
      readonly dueAt?: Date
    }
  /** Nothing is decided before these contacts have been read too: ask again with them. */
  | { readonly kind: 'needs'; readonly contactArns: readonly string[] }

/**
 * Starts what is due at `now` and only that: a stage lasts its whole duration from the instant it really started, so a
 * late step neither skips nor merges stages. Targets that are gone, not activated or already answered are skipped; a
 * stage that reaches nobody, such as a schedule with nobody on call or a plan that led here, is passed over at once. One
 * whose pages cannot be delivered ends as soon as that is known, if a later one has a channel that works.
 */
export function step(engagement: Engagement, directory: Directory, now: Date): Step {
  if (engagement.stopped) return { kind: 'stepped', engagement, commands: [] }
  const { lookAt: _, ...known } = afterClockWentBack(engagement, now)
  const walk = new Walk(known, directory, now)
  walk.go()
  if (walk.needs.size) return { kind: 'needs', contactArns: [...walk.needs] }
  const after = endedByAnswer({ ...known, tracks: walk.tracks }, now)
  if (after.stopped) return { kind: 'stepped', engagement: after, commands: [] }
  const due = dueAt(after)
  return { kind: 'stepped', engagement: after, commands: walk.commands, ...(due ? { dueAt: due } : {}) }
}

/** A person is not sent the same page more often than this, however late a retry was (api-facts: 1 per 20 s). */
const SHORTEST_GAP_MS = 20_000

type Draft = { -readonly [Member in keyof Track]: Track[Member] }

class Walk {
  readonly tracks: Draft[]
  readonly commands: PageCommand[] = []
  readonly needs = new Set<string>()
  readonly #engagement: Engagement
  readonly #directory: Directory
  readonly #now: Date
  /** Whose plans lead to where the walk is: to be led back to one of them reaches nobody. */
  #path: ReadonlySet<string> = new Set()

  constructor(engagement: Engagement, directory: Directory, now: Date) {
    this.tracks = engagement.tracks.map((track) => ({ ...track }))
    this.#engagement = engagement
    this.#directory = directory
    this.#now = now
  }

  go(): void {
    if (!this.tracks.length) this.#engage(this.#engagement.contactArn)
    // Those that begin on the way are advanced when they begin.
    else for (const track of this.tracks.slice()) this.#advance(track)
  }

  /** Starts the stages of a track that are due, then sends again what is due of its running stage. Whether it told anybody. */
  #advance(track: Draft): boolean {
    if (this.#hasAnswered(track.contactArn)) return false
    let told = false
    this.#within(track, () => {
      for (let next = this.#nextStage(track); next !== undefined; next = this.#nextStage(track))
        told = this.#startStage(track, next) || told
    })
    track.retries = this.#now < track.endsAt ? track.retries.flatMap((retry) => this.#retry(track, retry)) : []
    return told
  }

  /** What `walk` engages is led to by this track, and by whatever led to it. */
  #within<Found>(track: Draft, walk: () => Found): Found {
    const before = this.#path
    const path = new Set(before)
    for (let led: Draft | undefined = track; led; led = this.#walked(led.engagedBy?.contactArn))
      path.add(led.contactArn)
    this.#path = path
    const found = walk()
    this.#path = before
    return found
  }

  /** The stage that is to start now, if one is. */
  #nextStage(track: Draft): number | undefined {
    if (track.stage + 1 >= track.stages.length || this.needs.size) return undefined
    if (track.endsAt <= this.#now) return track.stage + 1
    const { failing = [], acknowledged } = this.#engagement
    if (!failing.length) return undefined
    const look = (contactArn: string): Contact | undefined => this.#look(contactArn)
    return stageThatWorks(track, { tracks: this.tracks, failing, acknowledged, path: this.#path, now: this.#now, look })
  }

  /** Whether the stage reaches anybody; if not, it is over at once. */
  #startStage(track: Draft, index: number): boolean {
    track.stage = index
    track.retries = []
    const stage = track.stages[track.stage]
    if (!stage) return false
    track.endsAt = plusMinutes(this.#now, stage.durationMinutes)
    const reached = stage.targets.map((target, index) => this.#reach(track, stage, target, index)).some(Boolean)
    if (!reached) track.endsAt = this.#now
    return reached
  }

  #reach(track: Draft, stage: Stage, target: Target, index: number): boolean {
    if (this.#hasAnswered(target.contactArn)) return false
    if (target.kind === 'contact')
      return this.#engage(target.contactArn, { contactArn: track.contactArn, stage: track.stage })
    if (!this.#mayPage(target.contactArn, target.channelArn)) return this.needs.size > 0
    const pageKey = [this.#engagement.id, track.contactArn, track.stage, index].join('#')
    const page = { pageKey, contactArn: target.contactArn, channelArn: target.channelArn }
    this.#command(
      track,
      { ...page, attempt: 1 },
      `Stage ${track.stage + 1} of ${track.stages.length} of ${track.contactArn}`,
    )
    if (target.retryMinutes > 0 && target.retryMinutes < stage.durationMinutes)
      track.retries = [
        ...track.retries,
        {
          ...page,
          everyMinutes: target.retryMinutes,
          attempt: 1,
          at: plusMinutes(this.#now, target.retryMinutes),
        },
      ]
    return true
  }

  /** Begins a contact's plan; one that is being walked already only goes on. Whether somebody is being told by it. */
  #engage(contactArn: string, engagedBy?: Track['engagedBy']): boolean {
    if (this.#path.has(contactArn) || this.#path.size >= DEEPEST) return false
    const walked = this.#walked(contactArn)
    if (walked && !walked.schedule) return this.#isTelling(contactArn)
    const contact = this.#look(contactArn)
    if (!contact) return this.needs.size > 0
    const schedule = contact.type === 'ONCALL_SCHEDULE'
    const stages = schedule ? [{ durationMinutes: 0, targets: [] }] : contact.stages
    const track: Draft = walked ?? { contactArn, stages, stage: schedule ? 0 : -1, endsAt: this.#now, retries: [] }
    if (!walked) this.tracks.push(track)
    if (engagedBy && !walked) track.engagedBy = engagedBy
    if (!schedule) return this.#advance(track)
    track.schedule = true
    return this.#within(track, () => this.#engageOnCall(track, contact.onCall ?? []))
  }

  /**
   * A schedule that is named again engages who is on call by then; whoever it has engaged before is not told anew. Only
   * people are on call: who is gone is not, nor what has taken their name.
   */
  #engageOnCall(track: Draft, onCall: readonly string[]): boolean {
    const people = onCall.filter((member) => this.#look(member)?.type === 'PERSONAL')
    const before = track.stages.flatMap(({ targets }) => targets)
    const fresh = people.filter((person) => !before.some((target) => target.contactArn === person))
    const targets = fresh.map((contactArn): Target => ({ kind: 'contact', contactArn, essential: false }))
    track.stages = [{ durationMinutes: 0, targets: [...before, ...targets] }]
    const { contactArn } = track
    return people
      .filter((person) => !this.#hasAnswered(person))
      .map((person) => this.#engage(person, { contactArn, stage: 0 }))
      .some(Boolean)
  }

  /** Whether a plan that is being walked tells anybody now, or waits for who was told, by itself or by others. */
  #isTelling(contactArn: string): boolean {
    const asked = new Set([contactArn])
    for (const one of asked) {
      const track = this.#walked(one)
      if (!track || this.#path.has(one) || this.#hasAnswered(one)) continue
      if (!track.schedule && this.#advance(track)) return true
      if (!track.schedule && track.endsAt <= this.#now) continue
      for (const target of track.stages[track.stage]?.targets ?? [])
        if (target.kind === 'contact') asked.add(target.contactArn)
        else if (!this.#hasAnswered(target.contactArn) && this.#mayPage(target.contactArn, target.channelArn))
          return true
    }
    return false
  }

  /** The retry as it goes on; none when its channel is gone. */
  #retry(track: Draft, retry: Retry): Retry[] {
    if (this.#now < retry.at) return [retry]
    if (!this.#mayPage(retry.contactArn, retry.channelArn)) return []
    const attempt = retry.attempt + 1
    this.#command(track, { ...retry, attempt }, `Attempt ${attempt}, every ${retry.everyMinutes} min until answered`)
    return [{ ...retry, attempt, at: nextOnGrid(retry, this.#now) }]
  }

  #command(
    track: Draft,
    { pageKey, contactArn, channelArn, attempt }: Pick<Retry, 'pageKey' | 'contactArn' | 'channelArn' | 'attempt'>,
    reason: string,
  ): void {
    const key = `${pageKey}#${attempt}`
    const { contactArn: plan, stage } = track
    this.commands.push({ type: 'page', key, pageKey, contactArn, channelArn, attempt, plan, stage, reason })
  }

  #mayPage(contactArn: string, channelArn: string): boolean {
    return this.#look(contactArn)?.activatedChannels.has(channelArn) ?? false
  }

  #walked(contactArn: string | undefined): Draft | undefined {
    return this.tracks.find((track) => track.contactArn === contactArn)
  }

  #look(contactArn: string): Contact | undefined {
    if (!this.#directory.has(contactArn)) this.needs.add(contactArn)
    return this.#directory.get(contactArn)
  }

  #hasAnswered(contactArn: string): boolean {
    return this.#engagement.acknowledged.includes(contactArn)
  }
}

/** The first instant after `now` that is whole intervals after the planned one, so that late sweeps do not add up. */
function nextOnGrid({ at, everyMinutes }: Retry, now: Date): Date {
  const intervals = Math.floor((now.getTime() - at.getTime()) / (everyMinutes * MINUTE_MS)) + 1
  return latest(plusMinutes(at, everyMinutes * intervals), new Date(now.getTime() + SHORTEST_GAP_MS))
}
