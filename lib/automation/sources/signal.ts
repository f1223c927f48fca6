// What can happen, typed: every road in (EventBridge, SNS, an alarm's direct call) ends in one of these.

/** The one shape that rules match, whatever road an event came by: EventBridge's. */
export interface Envelope {
  readonly id: string
  readonly source: string
  readonly 'detail-type': string
  readonly account: string
  readonly region: string
  /** ISO 8601. */
  readonly time: string
  readonly resources: readonly string[]
  readonly detail: Readonly<Record<string, unknown>>
}

export type AlarmStateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

/** As its configuration tells: from metrics, from other alarms, from a scheduled query over logs. */
export type AlarmType = 'metric' | 'composite' | 'log'

export interface Alarm {
  readonly arn: string
  readonly name: string
  readonly account: string
  readonly region: string
}

/** Stands between an alarm's ARN and the id of one of its contributors; an alarm's own name may hold it, too. */
export const CONTRIBUTOR = '#contributor/'

interface Common {
  /** The event's own identity: the same event delivered again has the same. */
  readonly identity: string
  readonly envelope: Envelope
}

/** How the identities begin of what an alarm's own actions bring. */
export const BY_ACTION = { notification: 'notification/', invocation: 'invocation/' } as const

/** Whether an action of the alarm has brought it: then its actions are enabled. */
export const isByAction = ({ identity }: Signal): boolean =>
  Object.values(BY_ACTION).some((road) => identity.startsWith(road))

/** An alarm is in a state since an instant. */
export interface AlarmStateChange extends Common {
  readonly kind: 'alarm-state'
  readonly alarm: Alarm
  /** Which of the alarm's series it is about, for people: `TableName=orders`. Absent where it is the alarm as a whole. */
  readonly series?: string
  readonly state: AlarmStateValue
  readonly previousState?: AlarmStateValue
  /** The state's own timestamp: CloudWatch's order. */
  readonly at: Date
  readonly reason: string
  /** Of which type the alarm is, where its own event says so; a contributor's is not its own. */
  readonly type?: AlarmType
  /** Whether the alarm's actions are enabled, where its event says so. */
  readonly actionsEnabled?: boolean
  /** Why nobody is to be told of it yet: its actions are suppressed, or it is muted; `until` where the event says when that ends. */
  readonly held?: { readonly why: 'suppressed' | 'muted'; readonly reason: string; readonly until?: Date }
  /** The latest evaluated datapoint and the threshold, where the alarm says so. */
  readonly value?: number
  readonly threshold?: number
  readonly description?: string
  /** How long one evaluation period of the alarm is, where its event says so. */
  readonly periodSeconds?: number
  /** One CloudWatch graph source (JSON) per metric of the alarm: a METRIC related item's metricDefinition. */
  readonly metrics: readonly { readonly title: string; readonly definition: string }[]
  /** ARNs that are involved besides the alarm itself, where they can be told (children of a composite alarm). */
  readonly involved: readonly string[]
}

/** Somebody created, changed or deleted an alarm. */
export interface AlarmConfigurationChange extends Common {
  readonly kind: 'alarm-configuration'
  readonly alarm: Alarm
  readonly operation: 'create' | 'update' | 'delete'
  readonly at: Date
  /** The state the alarm had at that instant, where the event says so. */
  readonly state?: AlarmStateValue
  /** Whether its actions are enabled from then on, and were before, where the event says so. */
  readonly actionsEnabled?: boolean
  readonly actionsWereEnabled?: boolean
}

/** Any other EventBridge event: it can open an incident; nothing tells when it is over, unless `about` does. */
export interface PlainEvent extends Common {
  readonly kind: 'event'
  readonly at: Date
  /** It came by a topic or a call of the function: somebody has wired it to wake people, whatever its source. */
  readonly sent?: true
  /** What it is about, where that is known: several events are about one thing. */
  readonly about?: {
    /** All that has this key is one incident, unless the rule has a dedupe key of its own. */
    readonly key: string
    /** What is in a state of its own. */
    readonly subject: string
    /** Its title for people. */
    readonly title: string
    /** `OK`: it is over. */
    readonly state: 'ALARM' | 'OK'
    /** What has happened, as the timeline tells it. */
    readonly text: string
    readonly link?: { readonly title: string; readonly url: string }
  }
  /** What it is about, once its rule is known: another rule's event on the same resource is about something else. */
  readonly subject?: string
}

export type Signal = AlarmStateChange | AlarmConfigurationChange | PlainEvent

/** What an incident manager tells its notification targets (api-facts: "SNS message to notificationTargets"). */
export type IncidentNotification =
  | {
      readonly kind: 'acknowledged'
      readonly incidentArn: string
      readonly contactArn: string
      readonly engagementArn?: string
      readonly at: Date
    }
  | {
      readonly kind: 'status'
      readonly incidentArn: string
      readonly status: 'OPEN' | 'RESOLVED'
      readonly modifiedBy?: string
      readonly at: Date
    }
  | {
      readonly kind: 'related-item-added'
      readonly incidentArn: string
      readonly title: string
      readonly modifiedBy?: string
      readonly at: Date
    }
  | { readonly kind: 'other'; readonly incidentArn?: string; readonly type: string }

/** A person's answer to a page, by SMS or e-mail. */
export interface Reply {
  readonly channelType: 'SMS' | 'EMAIL'
  /** Who answered: a telephone number (E.164) or an e-mail address, lower case. */
  readonly from: string
  readonly code: string
  /** The page, where the answer names it (the subject of an e-mail does). */
  readonly pageArn?: string
  readonly identity: string
}

/** Input that cannot be understood. Names the field that is wrong; the input itself is never in the message. */
export class MalformedInput extends Error {
  override readonly name = 'MalformedInput'
  readonly source: string
  readonly field: string

  constructor(source: string, field: string, problem: string) {
    super(`${source}: ${field} ${problem}`)
    this.source = source
    this.field = field
  }
}
