// The outside of the pure rooms for their tests: an incident manager in a few lines, and alarm changes to feed them.
import type { Command, Outcome } from '../../../lib/automation/decide/command.ts'
import { confirm } from '../../../lib/automation/decide/confirm.ts'
import { asksForStatus, decideSignal } from '../../../lib/automation/decide/decide-signal.ts'
import { decideTick } from '../../../lib/automation/decide/decide-tick.ts'
import { dueAt, emptyEpisode, type Episode, unrecovered } from '../../../lib/automation/decide/episode.ts'
import type { Facts } from '../../../lib/automation/decide/facts.ts'
import type { Rule } from '../../../lib/automation/rules/rules.ts'
import type { AlarmStateChange, AlarmStateValue } from '../../../lib/automation/sources/signal.ts'

const T0 = new Date('2026-03-01T03:00:00.000Z')
export const after = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000)

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

  signal(change: AlarmStateChange, now: Date, under: Rule = rule): void {
    const arn = this.episode.incident?.arn
    const status = arn && asksForStatus(this.episode, change, now) ? this.record(arn).status : undefined
    this.keep(decideSignal(this.episode, change, under, status, now)?.episode, now)
  }

  /** Sweeps at `now`, if anything is due then. */
  sweep(now: Date): void {
    const due = dueAt(this.episode, now)
    if (due && due <= now) this.keep(decideTick(this.episode, this.facts(), now), now)
  }

  facts(): Facts {
    const arn = this.episode.incident?.arn
    const record = arn ? this.record(arn) : undefined
    return {
      incident: { status: record?.status ?? 'GONE', title: 'T', impact: 3, source: record?.source ?? '' },
      running: this.running,
      openPages: [],
      acknowledgements: this.acknowledgements,
      anotherFires: false,
      planContacts: ['on-call'],
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
    const outcomes = episode.pending.map((command) => this.execute(command, this.episode.incident?.arn))
    this.episode = confirm(this.episode, outcomes, false, now)
  }

  private execute(command: Command, arn: string | undefined): Outcome {
    if (!this.done.has(command.key)) this.done.set(command.key, this.effect(command, arn))
    const incidentArn = this.done.get(command.key)
    return { key: command.key, done: true, ...(incidentArn ? { incidentArn } : {}) }
  }

  private effect(command: Command, arn: string | undefined): string | undefined {
    switch (command.type) {
      case 'start-incident': {
        const started = `incident-${this.incidents.length + 1}`
        this.incidents.push({ arn: started, status: 'OPEN', source: command.trigger.source, timeline: [] })
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
      case 'start-engagement':
      case 'stop-engagement':
      case 'accept-page':
        return undefined
    }
  }
}
