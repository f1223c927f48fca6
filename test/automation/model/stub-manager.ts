// The stub of AWS's incident manager without its server: what it keeps is looked at directly.
import { Contacts, contactArnOf, type ContactSpec, type StubPage } from '../../aws-stub/contacts.ts'
import { Incidents, type StubIncident } from '../../aws-stub/incidents.ts'
import { Members } from '../../aws-stub/members.ts'
import { notFound, Refusal } from '../../aws-stub/refusal.ts'
import type { WireCall } from './transport.ts'

export interface StubPlan {
  readonly name: string
  readonly impact?: number
  /** Aliases of contacts. */
  readonly engage: readonly string[]
}

const PEOPLE: readonly ContactSpec[] = ['primary', 'secondary', 'manager'].map((alias) => ({ alias, sms: '+15550100' }))
const CALLER = 'arn:aws:sts::111122223333:assumed-role/tocsin/automation'
const PERSON = 'arn:aws:iam::111122223333:user/responder'

export class StubManager {
  /** Plans that nobody has made yet. */
  readonly missing = new Set<string>()
  /** Operations that the caller has no permission for. */
  readonly denied = new Set<string>()
  readonly #incidents: Incidents
  readonly #contacts: Contacts

  constructor(plans: readonly StubPlan[], now: () => Date) {
    this.#contacts = new Contacts({
      now,
      contacts: PEOPLE,
      pageSize: 100,
      told: (arn, type, data) => {
        const incident = this.#incidents.all.get(arn)
        if (incident) this.#incidents.tell(incident, type, data)
      },
    })
    this.#incidents = new Incidents({
      now,
      plans: plans.map(({ name, impact = 3, engage }) => ({
        name,
        title: name,
        impact,
        engagements: engage.map(contactArnOf),
      })),
      replicationSet: true,
      mostPerPlanAndMonth: Infinity,
      awsSources: 'refused',
      recordedSource: 'given',
      engage: (contactArn, { arn, title }) => void this.#contacts.engage(contactArn, 'Incident Manager', title, arn),
    })
  }

  readonly answer = async ({ operation, isJsonRpc, input }: WireCall): Promise<object> => {
    const members = new Members(input)
    const plan = (input['responsePlanArn'] ?? '').split('/').at(-1) ?? ''
    if (this.denied.has(operation)) throw new Refusal('AccessDeniedException', `not authorized: ${operation}`)
    if (this.missing.has(plan)) throw notFound('RESPONSE_PLAN', plan)
    const run = isJsonRpc ? this.#contacts.operations[operation] : this.#incidents.operations[operation]
    if (!run) throw new Refusal('UnknownOperationException', operation)
    return run(members, CALLER)
  }

  /** Oldest first. */
  get incidents(): readonly StubIncident[] {
    return [...this.#incidents.all.values()]
  }

  get open(): readonly StubIncident[] {
    return this.incidents.filter(({ status }) => status === 'OPEN')
  }

  pagesOf({ arn }: StubIncident): readonly StubPage[] {
    return this.#contacts.pages.filter(({ incidentArn }) => incidentArn === arn)
  }

  /** A person answers the newest page of an incident. */
  acknowledge(incident: StubIncident): void {
    const page = this.pagesOf(incident).at(-1)
    if (page) this.#contacts.read(page)
  }

  /** As a person does who needs help. */
  async declare(plan: string): Promise<void> {
    const responsePlanArn = `arn:aws:ssm-incidents::111122223333:response-plan/${plan}`
    const input = { responsePlanArn, title: 'Declared', clientToken: `declared-${this.incidents.length}` }
    await this.answer({ operation: 'StartIncident', isJsonRpc: false, input: JSON.parse(JSON.stringify(input)) })
  }

  /** As a person does in the console. */
  resolve({ arn }: StubIncident): void {
    this.#incidents.change(arn, PERSON, { status: 'RESOLVED' })
  }

  /** As a person does who sees that it was too early. */
  reopen({ arn }: StubIncident): void {
    this.#incidents.change(arn, PERSON, { status: 'OPEN' })
  }
}

/** The sentences that the automation wrote on a timeline, sorted. */
export const sentencesOf = ({ timeline }: StubIncident): string[] =>
  timeline
    .filter(({ type }) => type === 'Custom Event')
    .map(({ data }) => String(JSON.parse(data).message))
    .toSorted()
