// AWS's Incident Manager as AWS documents it, on loopback: what the automation calls of ssm-incidents (restJson1) and
// ssm-contacts (awsJson1_1), and nothing else. A second opinion: it shares no line with lib/incident-manager.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns'
import { Contacts, contactArnOf, type ContactSpec, type StubEngagement, type StubPage } from './contacts.ts'
import { misanswer, type Plan as FailurePlan, refusalOf } from './failures.ts'
import { Incidents, type IncidentsOptions, type PlanSpec, type StubIncident } from './incidents.ts'
import { Members } from './members.ts'
import { Rates } from './rates.ts'
import { Refusal } from './refusal.ts'

export interface StubOptions {
  readonly now: () => Date
  /** As a plan is written, but with the aliases of its contacts. */
  readonly plans?: readonly (Omit<PlanSpec, 'engagements'> & { readonly engage: readonly string[] })[]
  readonly contacts?: readonly ContactSpec[]
  readonly replicationSet?: boolean
  readonly mostPerPlanAndMonth?: number
  readonly pageSize?: number
  /** Calls per second, by operation: AWS_RATES are AWS's. None, when left out. */
  readonly rates?: Readonly<Record<string, number>>
  /** AWS documents that a source "can't begin with aws."; `taken` is for a service that does not look. */
  readonly awsSources?: IncidentsOptions['awsSources']
  /** AWS does not document whether a record's source is that of its trigger details, or the one of a manual start. */
  readonly recordedSource?: IncidentsOptions['recordedSource']
}

export interface Call {
  readonly operation: string
  readonly at: Date
  readonly input: unknown
  /** `ok`, or the name of the error that it was answered with, or the failure that the test asked for. */
  readonly outcome: string
}

const PLANS = [{ name: 'default', title: 'Something is wrong', impact: 3, engage: ['on-call'] }]
const CONTACTS: readonly ContactSpec[] = [
  { alias: 'primary', sms: '+15550100', email: 'primary@example.com' },
  { alias: 'secondary', sms: '+15550101', email: 'secondary@example.com' },
  { alias: 'manager', sms: '+15550102', email: 'manager@example.com' },
  { alias: 'on-call', escalatesTo: ['primary'] },
]

/** What restJson1 answers where it works. */
const SUCCESS: Readonly<Record<string, number>> = {
  CreateTimelineEvent: 201,
  UpdateIncidentRecord: 204,
  UpdateRelatedItems: 204,
}
const PERSON = 'arn:aws:iam::111122223333:user/responder'

interface Request {
  readonly service: 'ssm-incidents' | 'ssm-contacts'
  readonly operation: string
  readonly input: unknown
  readonly caller: string
}

export class AwsStub {
  readonly calls: Call[] = []
  readonly #server: Server
  readonly #now: () => Date
  readonly #incidents: Incidents
  readonly #contacts: Contacts
  readonly #rates: Rates
  #failures: { readonly plan: FailurePlan; left: number }[] = []

  private constructor(options: StubOptions) {
    this.#now = options.now
    this.#rates = new Rates(options.rates ?? {}, options.now)
    this.#contacts = new Contacts({
      now: options.now,
      contacts: options.contacts ?? CONTACTS,
      pageSize: options.pageSize ?? 2,
      told: (arn, type, data) => {
        const incident = this.#incidents.all.get(arn)
        if (incident) this.#incidents.tell(incident, type, data)
      },
    })
    this.#incidents = new Incidents({
      now: options.now,
      plans: (options.plans ?? PLANS).map(({ engage, ...plan }) => ({
        ...plan,
        engagements: engage.map(contactArnOf),
      })),
      replicationSet: options.replicationSet ?? true,
      mostPerPlanAndMonth: options.mostPerPlanAndMonth ?? 200,
      awsSources: options.awsSources ?? 'refused',
      recordedSource: options.recordedSource ?? 'given',
      engage: (contactArn, { arn, title }) =>
        void this.#contacts.engage(contactArn, 'Incident Manager', `New incident: ${title}`, arn),
    })
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(new Error('', { cause: error })))
    })
  }

  static async start(options: StubOptions): Promise<AwsStub> {
    const stub = new AwsStub(options)
    await new Promise<void>((resolve) => stub.#server.listen(0, '127.0.0.1', resolve))
    return stub
  }

  get url(): string {
    const address = this.#server.address()
    if (typeof address !== 'object' || address === null) throw new Error('The stub does not listen')
    return `http://127.0.0.1:${address.port}`
  }

  /** Ends the connections that hang, too. */
  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  /** Oldest first. */
  get incidents(): readonly StubIncident[] {
    return [...this.#incidents.all.values()]
  }

  /** The only incident there is. */
  get incident(): StubIncident {
    const [incident, ...others] = this.incidents
    if (!incident || others.length) throw new Error(`expected one incident, found ${this.incidents.length}`)
    return incident
  }

  get engagements(): readonly StubEngagement[] {
    return this.#contacts.engagements
  }

  get pages(): readonly StubPage[] {
    return this.#contacts.pages
  }

  /** The sentences that the automation wrote on a timeline, oldest first. */
  told({ timeline }: StubIncident = this.incident): string[] {
    return timeline.filter(({ type }) => type === 'Custom Event').map(({ data }) => String(JSON.parse(data).message))
  }

  callsOf(operation: string, outcome = 'ok'): readonly Call[] {
    return this.calls.filter((call) => call.operation === operation && call.outcome === outcome)
  }

  /** The most calls of an operation, whatever their outcome, within any one second. */
  mostInOneSecond(operation: string): number {
    const instants = this.calls.filter((call) => call.operation === operation).map(({ at }) => at.getTime())
    return Math.max(
      0,
      ...instants.map((from) => instants.filter((instant) => instant >= from && instant < from + 1000).length),
    )
  }

  /** Makes the next calls fail: `times` of one operation, or of any. */
  fail(plan: FailurePlan): void {
    this.#failures.push({ plan, left: plan.times ?? 1 })
  }

  /** Makes nothing fail any more. */
  heal(): void {
    this.#failures = []
  }

  /** The person answers the page. */
  acknowledge(page: StubPage | undefined): void {
    if (!page) throw new Error('there is no page to acknowledge')
    this.#contacts.read(page)
  }

  /** The engagement reaches whom it is for once more, as another channel or stage does. */
  pageAgain(engagement: StubEngagement | undefined): void {
    if (!engagement) throw new Error('there is no engagement')
    this.#contacts.page(engagement)
  }

  /** A person changes the incident in the console. */
  change(incident: StubIncident, change: { status?: 'OPEN' | 'RESOLVED'; impact?: number }): void {
    this.#incidents.change(incident.arn, PERSON, change)
  }

  /** A person deletes the incident. */
  remove({ arn }: StubIncident): void {
    this.#incidents.all.delete(arn)
  }

  /** Publishes what AWS tells a plan's notification targets of a timeline event: the newest of that type. */
  async notify(sns: SNSClient, topicArn: string, incident: StubIncident, type: string): Promise<void> {
    const event = incident.timeline.findLast((each) => each.type === type)
    if (!event) throw new Error(`the timeline has no ${type}`)
    const message = { 'detail-type': type, resources: [incident.arn], detail: JSON.parse(event.data) }
    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(message) }))
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(message)
    const { service, operation } = request
    const failure = this.#nextFailure(operation)
    let answer: object = {}
    let refusal: Refusal | undefined
    try {
      if (!failure || failure.afterwards) answer = this.#run(request)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refusal = error
    }
    if (failure && !refusal) refusal = refusalOf(failure.failure, service)
    const outcome = failure?.failure ?? refusal?.name ?? 'ok'
    this.calls.push({ operation, at: this.#now(), input: request.input, outcome })
    if (refusal) return refuse(service, refusal, response)
    const status = service === 'ssm-incidents' ? (SUCCESS[operation] ?? 200) : 200
    const body = status === 204 ? '' : JSON.stringify(answer)
    if (failure) return misanswer(failure.failure, response, body)
    response.writeHead(status, { 'content-type': contentTypeOf(service), 'x-amzn-requestid': 'stub' }).end(body)
  }

  #nextFailure(operation: string): FailurePlan | undefined {
    const next = this.#failures.find(({ plan, left }) => left > 0 && (plan.operation ?? operation) === operation)
    if (next) next.left -= 1
    return next?.plan
  }

  #run({ service, operation, input, caller }: Request): object {
    const members = new Members(input)
    if (service === 'ssm-contacts') {
      const run = this.#contacts.operations[operation]
      if (!run) throw new Refusal('UnknownOperationException', operation)
      this.#rates.take(operation, service)
      return run(members)
    }
    const run = this.#incidents.operations[operation]
    if (!run) throw new Refusal('UnknownOperationException', operation)
    this.#rates.take(operation, service)
    return run(members, caller)
  }
}

const contentTypeOf = (service: Request['service']): string =>
  service === 'ssm-contacts' ? 'application/x-amz-json-1.1' : 'application/json'

async function read(message: IncomingMessage): Promise<Request> {
  const body = await text(message)
  const json: unknown = body === '' ? {} : JSON.parse(body)
  const key = /Credential=([^/]+)/u.exec(message.headers.authorization ?? '')?.[1] ?? 'unsigned'
  const caller = `arn:aws:sts::111122223333:assumed-role/tocsin/${key}`
  const target = message.headers['x-amz-target']
  if (typeof target === 'string')
    return { service: 'ssm-contacts', operation: target.replace('SSMContacts.', ''), input: json, caller }
  const { pathname, searchParams } = new URL(message.url ?? '/', 'http://stub')
  const name = pathname.slice(1)
  const operation = name.charAt(0).toUpperCase() + name.slice(1)
  const input = message.method === 'GET' ? Object.fromEntries(searchParams) : json
  return { service: 'ssm-incidents', operation, input, caller }
}

function refuse(service: Request['service'], refusal: Refusal, response: ServerResponse): void {
  const { name, message, status, members } = refusal
  if (service === 'ssm-incidents') {
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': name })
    response.end(JSON.stringify({ message, ...members }))
    return
  }
  const capitals = Object.fromEntries(
    Object.entries(members).map(([member, value]) => [CAPITALS[member] ?? member, value]),
  )
  response.writeHead(status >= 500 ? 500 : 400, { 'content-type': contentTypeOf(service) })
  response.end(JSON.stringify({ __type: name, Message: message, ...capitals }))
}

/** The contacts API begins its members with capitals, and shortens some. */
const CAPITALS: Readonly<Record<string, string>> = {
  serviceCode: 'ServiceCode',
  quotaCode: 'QuotaCode',
  resourceType: 'ResourceType',
  resourceIdentifier: 'ResourceId',
}
