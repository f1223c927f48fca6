// Incidents as AWS documents them (service ssm-incidents): started by a response plan, updated, told on a timeline.
import { randomUUID } from 'node:crypto'
import { ARN, CLIENT_TOKEN, type Members } from './members.ts'
import { notFound, quotaExceeded, Refusal } from './refusal.ts'

export interface PlanSpec {
  readonly name: string
  readonly title: string
  readonly impact: number
  readonly dedupeString?: string
  /** ARNs of contacts. */
  readonly engagements: readonly string[]
  /** The name of the PagerDuty service that it has called. */
  readonly pagerDuty?: string
}

export interface StubEvent {
  readonly id: string
  readonly type: string
  readonly at: Date
  /** JSON. */
  readonly data: string
}

export interface StubItem {
  readonly title?: string
  readonly type: string
  /** The one member of its value: an ARN, a URL, or a metric's definition. */
  readonly value: string
}

export interface StubIncident {
  readonly arn: string
  readonly plan: string
  title: string
  impact: number
  status: 'OPEN' | 'RESOLVED'
  readonly dedupeString: string
  readonly source: string
  readonly triggerArn?: string
  readonly rawData?: string
  readonly createdBy: string
  readonly createdAt: Date
  lastModifiedBy: string
  lastModifiedAt: Date
  resolvedAt?: Date
  readonly timeline: StubEvent[]
  readonly items: StubItem[]
}

export interface IncidentsOptions {
  readonly now: () => Date
  readonly plans: readonly PlanSpec[]
  readonly replicationSet: boolean
  /** Incidents of one plan in one month. */
  readonly mostPerPlanAndMonth: number
  readonly awsSources: 'refused' | 'taken'
  readonly recordedSource: 'given' | 'custom'
  /** Called when an incident engages a contact of its plan. */
  readonly engage: (contactArn: string, incident: StubIncident) => void
}

/** The limits of AWS's endpoints and quotas page. */
const EVENTS = 1000
const ITEMS = 50
const SERVICE = 'ssm-incidents'
const CUSTOM = 'aws.ssm-incidents.custom'
const PREFIX = 'arn:aws:ssm-incidents::111122223333:'
const TYPES = [
  'ANALYSIS',
  'INCIDENT',
  'METRIC',
  'PARENT',
  'ATTACHMENT',
  'OTHER',
  'AUTOMATION',
  'INVOLVED_RESOURCE',
  'TASK',
] as const

const seconds = (instant: Date): number => instant.getTime() / 1000
/** Members without a value are left out of an answer. */
export const present = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

export class Incidents {
  readonly all = new Map<string, StubIncident>()
  readonly #options: IncidentsOptions
  readonly #plans: ReadonlyMap<string, PlanSpec>
  /** What was answered to a client token, and to what. */
  readonly #tokens = new Map<string, { readonly request: string; readonly answer: object }>()

  constructor(options: IncidentsOptions) {
    this.#options = options
    this.#plans = new Map(options.plans.map((plan) => [`${PREFIX}response-plan/${plan.name}`, plan]))
  }

  /** The operations that the automation calls, by name. `caller` is the ARN of who signed. */
  readonly operations: Readonly<Record<string, (input: Members, caller: string) => object>> = {
    StartIncident: (input, caller) => this.#once('StartIncident', input, () => this.#start(input, caller)),
    GetIncidentRecord: (input) => ({ incidentRecord: this.#record(this.#incident(input.text('arn', ARN))) }),
    ListIncidentRecords: (input) => this.#list(input),
    UpdateIncidentRecord: (input, caller) =>
      this.#once('UpdateIncidentRecord', input, () => this.#update(input, caller)),
    UpdateRelatedItems: (input) => this.#once('UpdateRelatedItems', input, () => this.#addItem(input)),
    CreateTimelineEvent: (input) => this.#once('CreateTimelineEvent', input, () => this.#addEvent(input)),
    GetResponsePlan: (input) => this.#plan(input),
    ListTimelineEvents: (input) => this.#events(input),
  }

  /** As a person does in the console. */
  change(arn: string, caller: string, change: { status?: 'OPEN' | 'RESOLVED'; impact?: number; title?: string }): void {
    const incident = this.#incident(arn)
    const now = this.#options.now()
    const modifiedAttributes = Object.entries(change)
      .filter(([, value]) => value !== undefined)
      .map(([attributeName, newValue]) => ({ attributeName, newValue: String(newValue) }))
    if (change.status === 'RESOLVED') incident.resolvedAt = now
    Object.assign(incident, present(change), { lastModifiedBy: caller, lastModifiedAt: now })
    this.tell(incident, 'SSM Incident Record Update', { modifiedBy: caller, modifiedAttributes })
  }

  /** What the service itself puts on a timeline; where that is full, it is not told. */
  tell({ timeline }: StubIncident, type: string, data: object): void {
    if (timeline.length < EVENTS)
      timeline.push({ id: randomUUID(), type, at: this.#options.now(), data: JSON.stringify(data) })
  }

  #needReplicationSet(): void {
    if (!this.#options.replicationSet) throw notFound('REPLICATION_SET', 'of this account')
  }

  #incident(arn: string): StubIncident {
    this.#needReplicationSet()
    const incident = this.all.get(arn)
    if (!incident) throw notFound('INCIDENT_RECORD', arn)
    return incident
  }

  /** A client token ensures that an operation is called only once with the specified details. */
  #once(operation: string, input: Members, run: () => object): object {
    const token = input.optionalText('clientToken', CLIENT_TOKEN)
    if (token === undefined) return run()
    const key = `${operation} ${token}`
    const request = input.without('clientToken')
    const before = this.#tokens.get(key)
    if (before && before.request !== request)
      throw new Refusal('ConflictException', `${operation}: the client token was used with other details`)
    if (before) return before.answer
    const answer = run()
    this.#tokens.set(key, { request, answer })
    return answer
  }

  #start(input: Members, caller: string): object {
    const { now, awsSources, recordedSource, engage, mostPerPlanAndMonth } = this.#options
    const planArn = input.text('responsePlanArn', ARN)
    const title = input.optionalText('title', { max: 200 })
    const impact = input.optionalInteger('impact', 1, 5)
    const trigger = input.optionalStructure('triggerDetails')
    const source = trigger?.text('source', { max: 50 })
    const triggerArn = trigger?.optionalText('triggerArn', ARN)
    const rawData = trigger?.optionalText('rawData', { max: 10_000 })
    trigger?.instant('timestamp')
    const items = input.list('relatedItems', 100).map(item)
    if (awsSources === 'refused' && source?.startsWith('aws.'))
      throw new Refusal('ValidationException', `A customer-generated event can't begin with "aws.": ${source}`)
    this.#needReplicationSet()
    const plan = this.#plans.get(planArn)
    if (!plan) throw notFound('RESPONSE_PLAN', planArn)
    if (items.length > ITEMS) throw quotaExceeded(SERVICE, `An incident has at most ${ITEMS} related items`)
    const open = [...this.all.values()].filter(({ status }) => status === 'OPEN')
    const duplicate = plan.dedupeString && open.find(({ dedupeString }) => dedupeString === plan.dedupeString)
    if (duplicate) return { incidentRecordArn: duplicate.arn }
    const month = now().toISOString().slice(0, 7)
    const ofMonth = [...this.all.values()].filter(
      (each) => each.plan === plan.name && each.createdAt.toISOString().startsWith(month),
    )
    if (ofMonth.length >= mostPerPlanAndMonth)
      throw quotaExceeded(SERVICE, `${plan.name} has opened ${mostPerPlanAndMonth} incidents in this month`)
    const incident: StubIncident = {
      arn: `${PREFIX}incident-record/${plan.name}/${randomUUID()}`,
      plan: plan.name,
      title: title ?? plan.title,
      impact: impact ?? plan.impact,
      status: 'OPEN',
      dedupeString: plan.dedupeString ?? randomUUID(),
      source: source === undefined || recordedSource === 'custom' ? CUSTOM : source,
      ...(triggerArn === undefined ? {} : { triggerArn }),
      ...(rawData === undefined ? {} : { rawData }),
      createdBy: caller,
      createdAt: now(),
      lastModifiedBy: caller,
      lastModifiedAt: now(),
      timeline: [],
      items,
    }
    this.all.set(incident.arn, incident)
    this.tell(incident, 'SSM Incident Trigger', { createdIncident: true, incidentSource: source, triggerArn, rawData })
    this.tell(incident, 'SSM Incident Start', { incidentTitle: incident.title, triggerArn })
    for (const contactArn of plan.engagements) engage(contactArn, incident)
    return { incidentRecordArn: incident.arn }
  }

  #record(incident: StubIncident): object {
    const { arn, title, impact, status, dedupeString, source, triggerArn, createdBy, resolvedAt } = incident
    return present({
      arn,
      title,
      impact,
      status,
      dedupeString,
      creationTime: seconds(incident.createdAt),
      lastModifiedBy: incident.lastModifiedBy,
      lastModifiedTime: seconds(incident.lastModifiedAt),
      resolvedTime: resolvedAt && seconds(resolvedAt),
      incidentRecordSource: present({ createdBy, invokedBy: createdBy, source, resourceArn: triggerArn }),
    })
  }

  /** Newest first. The token says how many have been listed; AWS's is opaque, and no other list takes it. */
  #list(input: Members): object {
    const filters = input.list('filters', 5).map((filter) => {
      const key = filter.oneOf('key', ['creationTime', 'impact', 'status', 'createdBy'])
      return { key, condition: filter.structure('condition') }
    })
    const most = input.optionalInteger('maxResults', 1, 100) ?? 50
    this.#needReplicationSet()
    const scope = input.without('nextToken', 'maxResults')
    const [of = scope, from = '0'] = input.optionalText('nextToken', { max: 2000 })?.split(' from ') ?? []
    if (of !== scope) throw new Refusal('ValidationException', 'Invalid nextToken')
    const matching = [...this.all.values()]
      .filter((incident) => filters.every(({ key, condition }) => matches(incident, key, condition)))
      .toReversed()
    const to = Number(from) + most
    const incidentRecordSummaries = matching.slice(Number(from), to).map((incident) => this.#record(incident))
    return { incidentRecordSummaries, ...(to < matching.length ? { nextToken: `${scope} from ${to}` } : {}) }
  }

  #update(input: Members, caller: string): object {
    const incident = this.#incident(input.text('arn', ARN))
    const status = input.optionalOneOf('status', ['OPEN', 'RESOLVED'])
    const impact = input.optionalInteger('impact', 1, 5)
    const title = input.optionalText('title', { max: 200 })
    this.change(incident.arn, caller, {
      ...(status ? { status } : {}),
      ...(impact === undefined ? {} : { impact }),
      ...(title === undefined ? {} : { title }),
    })
    return {}
  }

  #addEvent(input: Members): object {
    const type = input.text('eventType', { max: 100 })
    const at = input.instant('eventTime')
    const data = input.text('eventData', { max: 12_000 })
    const { arn, timeline } = this.#incident(input.text('incidentRecordArn', ARN))
    if (type !== 'Custom Event' && type !== 'Note')
      throw new Refusal('ValidationException', 'You can create timeline events of type Custom Event and Note')
    if (timeline.length >= EVENTS) throw quotaExceeded(SERVICE, `An incident has at most ${EVENTS} timeline events`)
    const id = randomUUID()
    timeline.push({ id, type, at, data })
    return { eventId: id, incidentRecordArn: arn }
  }

  #addItem(input: Members): object {
    const { items } = this.#incident(input.text('incidentRecordArn', ARN))
    const added = item(input.structure('relatedItemsUpdate').structure('itemToAdd'))
    if (items.length >= ITEMS) throw quotaExceeded(SERVICE, `An incident has at most ${ITEMS} related items`)
    items.push(added)
    return {}
  }

  #plan(input: Members): object {
    const arn = input.text('arn', ARN)
    this.#needReplicationSet()
    const plan = this.#plans.get(arn)
    if (!plan) throw notFound('RESPONSE_PLAN', arn)
    const { name, title, impact, dedupeString, engagements, pagerDuty } = plan
    const integrations = pagerDuty && [
      {
        pagerDutyConfiguration: {
          name: pagerDuty,
          secretId: 'pagerduty',
          pagerDutyIncidentConfiguration: { serviceId: 'P1' },
        },
      },
    ]
    return {
      arn,
      name,
      incidentTemplate: present({ title, impact, dedupeString }),
      engagements,
      ...present({ integrations }),
    }
  }

  /** Of one filter it knows that by equal types, on one page. */
  #events(input: Members): object {
    const incidentRecordArn = input.text('incidentRecordArn', ARN)
    const types = input.list('filters', 5).map((filter) => filter.structure('condition').without())
    const asked = (type: string): boolean => types.every((condition) => condition.includes(JSON.stringify(type)))
    const eventSummaries = this.#incident(incidentRecordArn)
      .timeline.filter(({ type }) => asked(type))
      .map(({ id, type, at }) => ({
        eventId: id,
        eventType: type,
        eventTime: seconds(at),
        eventUpdatedTime: seconds(at),
        incidentRecordArn,
      }))
    return { eventSummaries }
  }
}

function matches(incident: StubIncident, key: string, condition: Members): boolean {
  const is = condition.onlyMember()
  if (key === 'creationTime' && is === 'after') return incident.createdAt > condition.instant('after')
  if (key === 'creationTime' && is === 'before') return incident.createdAt < condition.instant('before')
  if (key === 'status' && is === 'equals')
    return condition.structure('equals').texts('stringValues').includes(incident.status)
  throw new Refusal('ValidationException', `${is} is not a condition of ${key} here`)
}

function item(input: Members): StubItem {
  const title = input.optionalText('title', { max: 200 })
  const identifier = input.structure('identifier')
  const type = identifier.oneOf('type', TYPES)
  const union = identifier.structure('value')
  const value = {
    arn: () => union.text('arn', ARN),
    url: () => union.text('url', { max: 1000 }),
    metricDefinition: () => union.text('metricDefinition', { max: 4000 }),
  }[onlyOf(union)]()
  return { ...(title === undefined ? {} : { title }), type, value }
}

function onlyOf(union: Members): 'arn' | 'url' | 'metricDefinition' {
  const name = union.onlyMember()
  if (name === 'arn' || name === 'url' || name === 'metricDefinition') return name
  throw new Refusal('ValidationException', `${name} is not a value of a related item here`)
}
