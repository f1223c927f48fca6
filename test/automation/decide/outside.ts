// The outside of the pure rooms for their tests: an incident manager in a few lines, and alarm changes to feed them.
import type { Command, Outcome } from '../../../lib/automation/decide/command.ts'
import { confirm } from '../../../lib/automation/decide/confirm.ts'
import { asksFor, decideSignal } from '../../../lib/automation/decide/decide-signal.ts'
import { decideTick } from '../../../lib/automation/decide/decide-tick.ts'
import { dueAt } from '../../../lib/automation/decide/due.ts'
import { emptyEpisode, type Episode } from '../../../lib/automation/decide/episode.ts'
import { unrecovered } from '../../../lib/automation/decide/subjects.ts'
import type { AlarmTruth } from '../../../lib/automation/decide/truth.ts'
import { decideHeld } from '../../../lib/automation/decide/held.ts'
import type { Facts } from '../../../lib/automation/decide/facts.ts'
import type { Rule } from '../../../lib/automation/rules/rules.ts'
import type { AlarmStateChange, AlarmStateValue } from '../../../lib/automation/sources/signal.ts'

const T0 = new Date('2026-03-01T03:00:00.000Z')
export const after = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000)

export const HOME = { account: '111122223333', region: 'us-east-1' }

export const rule: Rule = {
  id: 'default',
  open: { plan: 'default', links: [] },
  resolve: { mode: 'unless-human', afterSeconds: 600 },
  autoAcknowledge: [],
  escalate: [],
}

export const isFiring = (episode: Episode): boolean => unrecovered(episode).some(({ state }) => state === 'ALARM')

export const alarmArn = (name: string): string => `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`

export function alarmChange(
  state: AlarmStateValue,
  at: Date,
  name = 'checkout-5xx',
  id = `${name}-${state}-${at.getTime()}`,
): AlarmStateChange {
  const arn = alarmArn(name)
  return {
    kind: 'alarm-state',
    identity: id,
    alarm: { arn, name, account: '111122223333', region: 'us-east-1' },
    type: 'metric',
    state,
    at,
    reason: `Threshold Crossed at ${at.toISOString()}`,
    value: 12,
    threshold: 5,
    metrics: [],
    involved: [],
    envelope: {
      id,
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      account: '111122223333',
      region: 'us-east-1',
      time: at.toISOString(),
      resources: [arn],
      detail: { alarmName: name, state: { value: state, timestamp: at.toISOString() } },
    },
  }
}

interface Record {
  arn: string
  status: 'OPEN' | 'RESOLVED' | 'GONE'
  source: string
  plan: string
  timeline: string[]
}

/** One episode against an incident manager that deduplicates by key, as tokens do. */
export class Outside {
  readonly incidents: Record[] = []
  readonly done = new Map<string, string | undefined>()
  /** Every decision that resolved while something fired would be written here. */
  readonly resolvedWhileFiring: string[] = []
  episode: Episode = emptyEpisode(alarmArn('checkout-5xx'))
  acknowledgements: Facts['acknowledgements'] = []
  running: Facts['running'] = []
  paged: Facts['paged'] = []
  /** Whether anybody has been paged. */
  paging: NonNullable<Facts['paging']> = { paged: true, engaged: [] }
  /** What CloudWatch would say; nothing about what it could not be asked about. */
  alarms: Map<string, AlarmTruth> = new Map()
  /** Why the incident manager refuses to start incidents by a plan, to engage a contact, or to do anything at all. */
  refused: { [planOrContact: string]: string } = {}
  down: string | undefined
  /** What the last resort was told. */
  readonly lastResort: string[] = []

  signal(change: AlarmStateChange, now: Date, under: Rule = rule): void {
    const arn = this.episode.incident?.arn
    const asks = asksFor(this.episode, change, under, now)
    const said = this.alarms.get(change.envelope.resources[0] ?? '')
    const truth = asks.truth ? said : undefined
    const outside = {
      ...(asks.status && arn ? { status: this.record(arn).status } : {}),
      ...(truth ? { truth } : {}),
      ...((asks.truth || asks.actions) && said?.exists && said.disabled !== undefined
        ? { disabled: said.disabled }
        : {}),
    }
    this.keep(decideSignal(this.episode, change, under, outside, HOME, now)?.episode, now)
  }

  /** Sweeps at `now`, if anything is due then. */
  sweep(now: Date): void {
    const due = dueAt(this.episode, now)
    if (!due || due > now) return
    const looked = decideHeld(this.episode, this.alarms, () => false, now)
    this.keep(looked.incident?.arn ? decideTick(looked, this.facts(), now) : looked, now)
  }

  facts(): Facts {
    const arn = this.episode.incident?.arn
    const record = arn ? this.record(arn) : undefined
    return {
      incident: { status: record?.status ?? 'GONE', title: 'T', impact: 3, source: record?.source ?? '' },
      running: this.running,
      openPages: [],
      acknowledgements: this.acknowledgements,
      paged: this.paged,
      paging: this.paging,
      anotherFires: false,
      planContacts: ['on-call'],
      alarms: this.alarms,
    }
  }

  record(arn: string): Record {
    const found = this.incidents.find((each) => each.arn === arn)
    if (!found) throw new Error(`no incident ${arn}`)
    return found
  }

  private keep(episode: Episode | undefined, now: Date): void {
    if (!episode) return
    this.episode = episode
    this.run(now)
  }

  /** Executes what is pending, as far as the incident manager lets it. */
  run(now: Date, tried: readonly string[] = []): void {
    const { pending, incident } = this.episode
    const free = pending.filter(({ key }) => !tried.includes(key))
    const start = free.find(({ type }) => type === 'start-incident')
    const down = start && this.down ? { key: start.key, because: this.down } : undefined
    const outcomes = free.flatMap((command) => {
      if (down && (command === start || command.type === 'add-timeline-event')) return []
      if (command.type === 'add-timeline-event' && !command.incidentArn && !incident?.arn && !this.canStart(start))
        return []
      return [this.execute(command, this.episode.incident?.arn)]
    })
    this.episode = confirm(this.episode, outcomes, down, now)
    if (outcomes.length) this.run(now, [...tried, ...outcomes.map(({ key }) => key)])
  }

  private canStart(start: Command | undefined): boolean {
    return start?.type === 'start-incident' && this.refused[start.plan] === undefined
  }

  private execute(command: Command, arn: string | undefined): Outcome {
    const asked =
      command.type === 'start-incident' ? command.plan : command.type === 'start-engagement' ? command.contact : ''
    const because = this.refused[asked]
    if (because) return { key: command.key, done: false, because }
    if (!this.done.has(command.key)) this.done.set(command.key, this.effect(command, arn))
    const incidentArn = this.done.get(command.key)
    return { key: command.key, done: true, ...(incidentArn ? { incidentArn } : {}) }
  }

  private effect(command: Command, arn: string | undefined): string | undefined {
    switch (command.type) {
      case 'start-incident': {
        const started = `incident-${this.incidents.length + 1}`
        const { plan, trigger } = command
        this.incidents.push({ arn: started, status: 'OPEN', source: trigger.source, plan, timeline: [] })
        return started
      }
      case 'add-timeline-event':
        this.record(command.incidentArn ?? arn ?? this.incidents.at(-1)?.arn ?? '').timeline.push(command.data.message)
        return undefined
      case 'update-incident':
        if (command.status === 'RESOLVED') {
          if (Object.values(this.episode.subjects).some(({ state }) => state === 'ALARM'))
            this.resolvedWhileFiring.push(command.key)
          this.record(command.incidentArn).status = 'RESOLVED'
        }
        return undefined
      case 'add-related-item':
      case 'start-engagement':
      case 'stop-engagement':
      case 'accept-page':
        return undefined
      case 'tell-last-resort':
        this.lastResort.push(command.message)
        return undefined
    }
  }
}
