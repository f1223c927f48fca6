// What the automation can do to the outside, as data: decided once, frozen in the episode, executed until confirmed.

/** An item that responders find on the incident. */
export type RelatedItem =
  | { readonly type: 'METRIC'; readonly title: string; readonly metricDefinition: string }
  | { readonly type: 'INVOLVED_RESOURCE'; readonly title: string; readonly arn: string }
  | { readonly type: 'OTHER'; readonly title: string; readonly url: string }

interface Common {
  /** Derives from what is decided, never from chance: its hash is the client token, so doing it again does nothing. */
  readonly key: string
  /** Why, as a person reads it on the timeline or in the log. */
  readonly reason: string
}

export interface StartIncident extends Common {
  readonly type: 'start-incident'
  /** A response plan's name or ARN. */
  readonly plan: string
  /** The plan to try when this one is refused: the fallback plan, or the rule's own where this is the fallback. */
  readonly otherPlan?: string
  readonly title?: string
  readonly impact?: number
  readonly trigger: { readonly source: string; readonly arn?: string; readonly at: Date; readonly rawData: string }
  readonly relatedItems: readonly RelatedItem[]
}

/** `incidentArn` is absent while the incident is only being started: the start before it in the episode names it. */
export interface AddTimelineEvent extends Common {
  readonly type: 'add-timeline-event'
  readonly incidentArn?: string
  readonly at: Date
  /** At most 12,000 characters. `message` is the sentence that a person reads. */
  readonly data: Readonly<Record<string, unknown>> & { readonly message: string }
}

/** `incidentArn` is absent as it is of a timeline event. */
export interface AddRelatedItem extends Common {
  readonly type: 'add-related-item'
  readonly incidentArn?: string
  readonly item: RelatedItem
}

export interface UpdateIncident extends Common {
  readonly type: 'update-incident'
  readonly incidentArn: string
  readonly status?: 'RESOLVED'
  readonly impact?: number
}

export interface StartEngagement extends Common {
  readonly type: 'start-engagement'
  readonly incidentArn: string
  /** A contact's alias or ARN. */
  readonly contact: string
  readonly subject: string
  readonly content: string
  /** What the timeline says once somebody is engaged by it, where it does not say so already. */
  readonly told?: string
}

export interface StopEngagement extends Common {
  readonly type: 'stop-engagement'
  readonly engagementArn: string
}

export interface AcceptPage extends Common {
  readonly type: 'accept-page'
  readonly pageArn: string
}

/** Tells the last-resort topic who is not told, and of what. */
export interface TellLastResort extends Common {
  readonly type: 'tell-last-resort'
  readonly subject: string
  readonly message: string
}

export type Command =
  | StartIncident
  | AddTimelineEvent
  | AddRelatedItem
  | UpdateIncident
  | StartEngagement
  | StopEngagement
  | AcceptPage
  | TellLastResort

/** What became of a command: done (a start answers the incident's ARN), or refused for good as it stands, and why. */
export type Outcome =
  | { readonly key: string; readonly done: true; readonly incidentArn?: string }
  | { readonly key: string; readonly done: false; readonly because: string }

/** Why a command must be tried again. */
export interface Failure {
  readonly key: string
  readonly because: string
}
