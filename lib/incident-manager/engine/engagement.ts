// An engagement as the engine sees it: who is being told by which plan, who has answered, and when there is more to do.
import { plusMinutes } from '../../aws/instants.ts'

/** What one person or escalation plan looks like at the moment somebody is about to be told. */
export interface Contact {
  readonly type: 'PERSONAL' | 'ESCALATION' | 'ONCALL_SCHEDULE'
  readonly stages: readonly Stage[]
  /** ARNs of the channels that may be paged. */
  readonly activatedChannels: ReadonlySet<string>
  /** Of a schedule: the people who are on call. */
  readonly onCall?: readonly string[]
}

export interface Stage {
  readonly durationMinutes: number
  readonly targets: readonly Target[]
}

export type Target =
  | {
      readonly kind: 'channel'
      readonly channelArn: string
      /** Whose channel it is. */
      readonly contactArn: string
      /** 0: the page is sent once. */
      readonly retryMinutes: number
    }
  | {
      readonly kind: 'contact'
      readonly contactArn: string
      /** This contact's acknowledgement ends the whole engagement. */
      readonly essential: boolean
    }

export interface Engagement {
  /** Every page key begins with it. */
  readonly id: string
  /** Whom it engages: a person or an escalation plan. */
  readonly contactArn: string
  /** One per plan that is walked, in the order in which they began; the first is the engaged contact's own. */
  readonly tracks: readonly Track[]
  /** The people who have answered; none of them is paged again. */
  readonly acknowledged: readonly string[]
  /** The channels whose last page did not leave. */
  readonly failing?: readonly Failing[]
  /** A page could not be sent: it is time to see whether somebody is to be told another way. */
  readonly lookAt?: Date
  readonly stopped?: { readonly at: Date; readonly reason: string }
}

export interface Failing {
  readonly channelArn: string
  /** This address takes none. Else it passes, and the page is tried again. */
  readonly forGood: boolean
}

/** One contact's plan being walked, as the plan was when the walk began. */
export interface Track {
  readonly contactArn: string
  readonly stages: readonly Stage[]
  /** The stage that is running; -1 before the first. */
  readonly stage: number
  /** When the running stage is over and the next one starts. */
  readonly endsAt: Date
  /** The plan and stage that engaged this contact; none for the engagement's own. */
  readonly engagedBy?: { readonly contactArn: string; readonly stage: number }
  /** Of an on-call schedule: one stage without duration, whose targets are those who were on call. */
  readonly schedule?: boolean
  /** When a page of this plan first really left. */
  readonly toldAt?: Date
  /** The pages of the running stage that are sent again. */
  readonly retries: readonly Retry[]
}

export interface Retry {
  readonly pageKey: string
  readonly contactArn: string
  readonly channelArn: string
  readonly everyMinutes: number
  /** The last one that was commanded. */
  readonly attempt: number
  /** When the next one is due. */
  readonly at: Date
}

/** One attempt to page one person on one channel. */
export interface PageCommand {
  readonly type: 'page'
  /** Unique per attempt. */
  readonly key: string
  /** Unique per engagement, plan, stage and target: every attempt is the same page. */
  readonly pageKey: string
  readonly contactArn: string
  readonly channelArn: string
  readonly attempt: number
  /** Whose plan commands it, and which of its stages, counted from 0. */
  readonly plan: string
  readonly stage: number
  readonly reason: string
}

export const latest = (one: Date, other: Date): Date => (one < other ? other : one)

/** An engagement of `contactArn` that has told nobody yet; its first step does. */
export const begin = (id: string, contactArn: string): Engagement => ({ id, contactArn, tracks: [], acknowledged: [] })

/** Nobody is told anything more. The first reason stays. */
export const stop = (engagement: Engagement, reason: string, now: Date): Engagement =>
  engagement.stopped ? engagement : { ...engagement, stopped: { at: now, reason } }

/** A person has answered: nothing more for them, and the end where they are essential. */
export function acknowledge(engagement: Engagement, contactArn: string, now: Date): Engagement {
  if (engagement.stopped || engagement.acknowledged.includes(contactArn)) return engagement
  const answered: Engagement = {
    ...engagement,
    acknowledged: [...engagement.acknowledged, contactArn],
    tracks: engagement.tracks.map((track) => ({
      ...track,
      retries: track.retries.filter((retry) => retry.contactArn !== contactArn),
    })),
  }
  return endedByAnswer(answered, now)
}

/** The same engagement, stopped if somebody has answered whose answer ends it. */
export function endedByAnswer(engagement: Engagement, now: Date): Engagement {
  const essential = engagement.acknowledged.find((contactArn) => isEssential(engagement, contactArn))
  return essential === undefined ? engagement : stop(engagement, `Acknowledged by ${essential}`, now)
}

function isEssential({ contactArn: engaged, tracks }: Engagement, contactArn: string): boolean {
  const essential = new Set([engaged, ...targetsOf(tracks).flatMap((to) => (to.essential ? [to.contactArn] : []))])
  // Whoever is on call answers for the schedule.
  const answered = tracks.filter((track) => track.schedule && essential.has(track.contactArn))
  return essential.has(contactArn) || targetsOf(answered).some((target) => target.contactArn === contactArn)
}

const targetsOf = (tracks: readonly Track[]): (Target & { kind: 'contact' })[] =>
  tracks.flatMap(({ stages }) => stages.flatMap(({ targets }) => targets.filter((target) => target.kind === 'contact')))

/**
 * A page's first attempt has really left at `at`: its stage lasts its whole duration from then, and so does the stage
 * that engaged this person, if it is what told them first.
 */
export function told(before: Engagement, command: PageCommand, at: Date): Engagement {
  const engagement = isFailing(before, command.channelArn)
    ? { ...before, failing: failingBesides(before, command.channelArn) }
    : before
  if (command.attempt !== 1) return engagement
  const tracks = new Map(engagement.tracks.map((track) => [track.contactArn, track]))
  let cause: { contactArn: string; stage: number } | undefined = { contactArn: command.plan, stage: command.stage }
  while (cause) {
    const track = tracks.get(cause.contactArn)
    if (!track) break
    tracks.set(cause.contactArn, lasting(track, cause.stage, command.pageKey, at))
    cause = track.toldAt ? undefined : track.engagedBy
  }
  return { ...engagement, tracks: [...tracks.values()] }
}

/**
 * An attempt did not leave: `forGood` where its address takes none, so that it is not sent again in this stage. A person
 * who was told once is not told another way because the same page could not be sent again for a while.
 */
export function undelivered(
  engagement: Engagement,
  { channelArn, pageKey, attempt }: PageCommand,
  forGood: boolean,
  now: Date,
): Engagement {
  if (engagement.stopped || (attempt > 1 && !forGood)) return engagement
  const withoutRetries = (track: Track): Track => ({
    ...track,
    retries: track.retries.filter((retry) => retry.pageKey !== pageKey),
  })
  return {
    ...engagement,
    tracks: forGood ? engagement.tracks.map(withoutRetries) : engagement.tracks,
    failing: [...failingBesides(engagement, channelArn), { channelArn, forGood }],
    lookAt: now,
  }
}

const isFailing = ({ failing = [] }: Engagement, channelArn: string): boolean =>
  failing.some((each) => each.channelArn === channelArn)
const failingBesides = ({ failing = [] }: Engagement, channelArn: string): Failing[] =>
  failing.filter((each) => each.channelArn !== channelArn)

function lasting(track: Track, stage: number, pageKey: string, at: Date): Track {
  const running = track.stage === stage ? track.stages[stage] : undefined
  return {
    ...track,
    toldAt: track.toldAt ?? at,
    endsAt: running ? latest(track.endsAt, plusMinutes(at, running.durationMinutes)) : track.endsAt,
    retries: track.retries.map((retry) =>
      retry.pageKey === pageKey ? { ...retry, at: latest(retry.at, plusMinutes(at, retry.everyMinutes)) } : retry,
    ),
  }
}

/** When the engagement has something to do next; undefined when it is stopped or its plans are all through. */
export function dueAt(engagement: Engagement): Date | undefined {
  if (engagement.stopped) return undefined
  const { tracks, acknowledged, lookAt } = engagement
  return tracks
    .filter(({ contactArn }) => !acknowledged.includes(contactArn))
    .flatMap((track) => [
      ...(track.stage + 1 < track.stages.length ? [track.endsAt] : []),
      ...track.retries.filter(({ at }) => at < track.endsAt).map(({ at }) => at),
    ])
    .concat(lookAt ?? [])
    .reduce<Date | undefined>((first, at) => (first && first <= at ? first : at), undefined)
}
