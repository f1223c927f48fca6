// Contacts, plans and clocks for the engine's tests, by hand and by chance.
import * as fc from 'fast-check'
import {
  acknowledge,
  begin,
  type Contact,
  dueAt,
  type Engagement,
  type PageCommand,
  type Stage,
  stop,
  type Target,
  told,
  undelivered,
} from '../../../lib/incident-manager/engine/engagement.ts'
import { type Directory, step } from '../../../lib/incident-manager/engine/step.ts'

export const START = new Date('2026-03-01T12:00:00.000Z')
export const at = (minutes: number): Date => new Date(START.getTime() + minutes * 60_000)

export const page = (person: string, channel: string, retryMinutes = 0): Target => ({
  kind: 'channel',
  channelArn: `${person}/${channel}`,
  contactArn: person,
  retryMinutes,
})
export const engage = (contactArn: string, essential = false): Target => ({ kind: 'contact', contactArn, essential })
export const stage = (durationMinutes: number, ...targets: Target[]): Stage => ({ durationMinutes, targets })

export const CHANNELS = ['sms', 'email', 'voice']
export const person = (name: string, stages: Stage[], channels = CHANNELS): [string, Contact] => [
  name,
  { type: 'PERSONAL', stages, activatedChannels: new Set(channels.map((channel) => `${name}/${channel}`)) },
]
export const plan = (name: string, ...stages: Stage[]): [string, Contact] => [
  name,
  { type: 'ESCALATION', stages, activatedChannels: new Set() },
]
export const schedule = (name: string, ...onCall: string[]): [string, Contact] => [
  name,
  { type: 'ONCALL_SCHEDULE', stages: [], activatedChannels: new Set(), onCall },
]

/** An engagement and all that it has commanded; where the carrier works, every command is carried out at once. */
export class Telling {
  engagement: Engagement
  readonly commands: (PageCommand & { readonly at: Date })[] = []
  directory: Directory
  carrierWorks = true
  /** Whose address takes none, and whose carrier is busy, where the carrier works. */
  refused: ReadonlySet<string> = new Set()
  busy: ReadonlySet<string> = new Set()

  constructor(root: string, ...contacts: [string, Contact][]) {
    this.engagement = begin('engagement', root)
    this.directory = new Map(contacts)
  }

  /** Steps at `now`, looking up only what the engine asks for; answers what it commanded. */
  step(now: Date): readonly PageCommand[] {
    const read = new Map<string, Contact | undefined>()
    for (;;) {
      const result = step(this.engagement, read, now)
      if (result.kind === 'needs') {
        for (const arn of result.contactArns) read.set(arn, this.directory.get(arn))
        continue
      }
      const tried = this.carrierWorks ? result.commands : []
      this.engagement = tried.reduce((so, command) => this.#after(so, command, now), result.engagement)
      this.commands.push(...result.commands.map((command) => ({ ...command, at: now })))
      return result.commands
    }
  }

  #after(engagement: Engagement, command: PageCommand, now: Date): Engagement {
    const isRefused = this.refused.has(command.channelArn)
    return isRefused || this.busy.has(command.channelArn)
      ? undelivered(engagement, command, isRefused, now)
      : told(engagement, command, now)
  }

  /** Steps as long as something is due by `now`, as the incident manager does; what was paged, whether or not it left. */
  steps(now: Date): PageCommand[] {
    const commands: PageCommand[] = []
    for (let due: Date | undefined = now; due && due <= now; due = dueAt(this.engagement))
      commands.push(...this.step(now))
    return commands
  }

  /** Who is paged where, as `channel` or `channel#attempt`. */
  pages(now: Date): string[] {
    return this.step(now).map(({ channelArn, attempt }) => (attempt === 1 ? channelArn : `${channelArn}#${attempt}`))
  }

  acknowledge(contactArn: string, now: Date): void {
    this.engagement = acknowledge(this.engagement, contactArn, now)
  }

  /** Takes all channels from a person. */
  deactivate(contactArn: string): void {
    const contact = this.directory.get(contactArn)
    if (contact)
      this.directory = new Map([...this.directory, [contactArn, { ...contact, activatedChannels: new Set<string>() }]])
  }

  stop(now: Date): void {
    this.engagement = stop(this.engagement, 'stopped', now)
  }
}

export const PEOPLE = ['ann', 'bob', 'cy']
const PLANS = ['first', 'second', 'third']
const duration = fc.constantFrom(0, 1, 2, 5, 30)
const channelTarget = (people: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...people), fc.constantFrom(...CHANNELS, 'gone'), fc.constantFrom(0, 1, 3))
    .map((parts) => page(...parts))
const contactTarget = fc
  .tuple(fc.constantFrom(...PEOPLE, ...PLANS, 'nobody', 'rota'), fc.boolean())
  .map((parts) => engage(...parts))
const stages = (target: fc.Arbitrary<Target>) =>
  fc.array(
    fc.tuple(duration, fc.array(target, { maxLength: 3 })).map(([minutes, targets]) => stage(minutes, ...targets)),
    { maxLength: 4 },
  )

const personalTarget = (name: string) =>
  fc.oneof({ weight: 4, arbitrary: channelTarget([name]) }, { weight: 1, arbitrary: contactTarget })

/**
 * People with plans, escalation plans and a schedule that may all engage each other and themselves, channels that are
 * not activated.
 */
export const directory: fc.Arbitrary<[string, Contact][]> = fc
  .tuple(
    fc.tuple(...PEOPLE.map((name) => fc.tuple(stages(personalTarget(name)), fc.subarray(CHANNELS)))),
    fc.tuple(...PLANS.map(() => stages(fc.oneof(contactTarget, channelTarget(PEOPLE))))),
    fc.subarray([...PEOPLE, ...PLANS, 'rota', 'nobody']),
  )
  .map(([people, plans, onCall]) => [
    ...people.map(([stages, channels], index) => person(PEOPLE[index] ?? '', stages, channels)),
    ...plans.map((stages, index) => plan(PLANS[index] ?? '', ...stages)),
    schedule('rota', ...onCall),
  ])
export const root = fc.constantFrom(...PLANS, ...PEOPLE, 'rota')

export type Happening =
  | { readonly kind: 'step'; readonly seconds: number }
  | { readonly kind: 'acknowledge' | 'deactivate'; readonly contactArn: string }
  | { readonly kind: 'stop' }

/** Clocks jump: far ahead, back, or not at all. */
export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .oneof(fc.integer({ min: -120, max: 400 }), fc.constantFrom(0, 60, 300, 86_400, -86_400))
        .map((seconds) => ({ kind: 'step', seconds }) as const),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...PEOPLE).map((contactArn) => ({ kind: 'acknowledge', contactArn }) as const),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...PEOPLE).map((contactArn) => ({ kind: 'deactivate', contactArn }) as const),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'stop' } as const) },
  ),
  { maxLength: 40 },
)
