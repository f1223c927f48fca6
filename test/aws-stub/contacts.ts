// Contacts, engagements and pages as AWS documents them (service ssm-contacts). An engagement pages at once, each person once.
import { randomUUID } from 'node:crypto'
import { CONTACTS_ARN, IDEMPOTENCY_TOKEN, type Members, NAMELIKE } from './members.ts'
import { present } from './incidents.ts'
import { notFound, Refusal } from './refusal.ts'

export interface ContactSpec {
  readonly alias: string
  /** Whom an escalation plan pages; a person, when left out. */
  readonly escalatesTo?: readonly string[]
  readonly sms?: string
  readonly email?: string
}

export interface StubEngagement {
  readonly arn: string
  readonly contactArn: string
  readonly incidentArn?: string
  readonly sender: string
  readonly subject: string
  readonly startedAt: Date
  stoppedAt?: Date
  stopReason?: string
}

export interface StubPage {
  readonly arn: string
  readonly engagementArn: string
  readonly contactArn: string
  readonly incidentArn?: string
  readonly sender: string
  readonly code: string
  readonly sentAt: Date
  readAt?: Date
  note?: string
}

export interface ContactsOptions {
  readonly now: () => Date
  readonly contacts: readonly ContactSpec[]
  /** Entries of a page of a list, unless the caller asks for fewer: small, so that every list is read through. */
  readonly pageSize: number
  readonly told: (incidentArn: string, type: string, data: object) => void
}

const PREFIX = 'arn:aws:ssm-contacts:us-east-1:111122223333:'
export const contactArnOf = (alias: string): string => `${PREFIX}contact/${alias}`

const ANY = /^[.\s\S]*$/u
const SUBJECT = { min: 1, max: 2048, pattern: ANY }
const CONTENT = { min: 1, max: 8192, pattern: ANY }
const seconds = (instant: Date | undefined): number | undefined => instant && instant.getTime() / 1000

export class Contacts {
  readonly engagements: StubEngagement[] = []
  readonly pages: StubPage[] = []
  readonly #options: ContactsOptions
  readonly #tokens = new Map<string, { readonly request: string; readonly answer: object }>()

  constructor(options: ContactsOptions) {
    this.#options = options
  }

  readonly operations: Readonly<Record<string, (input: Members) => object>> = {
    ListContacts: (input) => this.#listContacts(input),
    GetContact: (input) => {
      const ContactArn = input.text('ContactId', CONTACTS_ARN)
      return { ContactArn, Alias: this.#contact(ContactArn).alias, Type: 'PERSONAL', Plan: { Stages: [] } }
    },
    ListContactChannels: (input) => this.#listChannels(input),
    StartEngagement: (input) => this.#start(input),
    StopEngagement: (input) => this.#stop(input),
    ListEngagements: (input) => this.#listEngagements(input),
    ListPagesByEngagement: (input) => {
      const { arn } = this.#engagement(input.text('EngagementId', CONTACTS_ARN))
      return this.#listPages(input, ({ engagementArn }) => engagementArn === arn)
    },
    ListPagesByContact: (input) => {
      const arn = input.text('ContactId', CONTACTS_ARN)
      this.#contact(arn)
      return this.#listPages(input, ({ contactArn }) => contactArn === arn)
    },
    AcceptPage: (input) => this.#accept(input),
  }

  engage(contactArn: string, sender: string, subject: string, incidentArn?: string): StubEngagement {
    const { alias } = this.#contact(contactArn)
    const engagement: StubEngagement = {
      arn: `${PREFIX}engagement/${alias}/${randomUUID()}`,
      contactArn,
      ...(incidentArn === undefined ? {} : { incidentArn }),
      sender,
      subject,
      startedAt: this.#options.now(),
    }
    this.engagements.push(engagement)
    this.page(engagement)
    return engagement
  }

  /** Pages whom the engagement is for: its person, or each person of an escalation plan. */
  page({ arn, contactArn, incidentArn, sender }: StubEngagement): void {
    const { alias, escalatesTo = [alias] } = this.#contact(contactArn)
    for (const person of escalatesTo) {
      this.pages.push({
        arn: `${PREFIX}page/${person}/${randomUUID()}`,
        engagementArn: arn,
        contactArn: contactArnOf(person),
        ...(incidentArn === undefined ? {} : { incidentArn }),
        sender,
        code: String(100_000 + this.pages.length),
        sentAt: this.#options.now(),
      })
      const data = { contactArn: contactArnOf(person), engagementArn: arn }
      if (incidentArn !== undefined) this.#options.told(incidentArn, 'SSM Contacts Page for Incident', data)
    }
  }

  /** Accepting what is accepted changes nothing. */
  read(page: StubPage, note?: string): void {
    if (page.readAt) return
    page.readAt = this.#options.now()
    if (note !== undefined) page.note = note
    const { contactArn, engagementArn, incidentArn } = page
    if (incidentArn !== undefined)
      this.#options.told(incidentArn, 'SSM Contacts Page Acknowledgement for Incident', { contactArn, engagementArn })
  }

  #contact(arn: string): ContactSpec {
    const found = this.#options.contacts.find(({ alias }) => contactArnOf(alias) === arn)
    if (!found) throw notFound('CONTACT', arn)
    return found
  }

  #engagement(arn: string): StubEngagement {
    const found = this.engagements.find((each) => each.arn === arn)
    if (!found) throw notFound('ENGAGEMENT', arn)
    return found
  }

  #start(input: Members): object {
    const contactArn = input.text('ContactId', CONTACTS_ARN)
    const sender = input.text('Sender', { max: 255, pattern: NAMELIKE })
    const subject = input.text('Subject', SUBJECT)
    input.text('Content', CONTENT)
    input.optionalText('PublicSubject', SUBJECT)
    input.optionalText('PublicContent', CONTENT)
    const incidentArn = input.optionalText('IncidentId', { max: 1024, pattern: NAMELIKE })
    const token = input.optionalText('IdempotencyToken', IDEMPOTENCY_TOKEN)
    const request = input.without('IdempotencyToken')
    const before = token === undefined ? undefined : this.#tokens.get(token)
    if (before && before.request !== request)
      throw new Refusal('ValidationException', 'The idempotency token was used with other details')
    if (before) return before.answer
    const answer = { EngagementArn: this.engage(contactArn, sender, subject, incidentArn).arn }
    if (token !== undefined) this.#tokens.set(token, { request, answer })
    return answer
  }

  #stop(input: Members): object {
    const engagement = this.#engagement(input.text('EngagementId', CONTACTS_ARN))
    const reason = input.optionalText('Reason', { max: 255, pattern: ANY })
    if (engagement.stoppedAt) return {}
    engagement.stoppedAt = this.#options.now()
    if (reason !== undefined) engagement.stopReason = reason
    return {}
  }

  #accept(input: Members): object {
    const arn = input.text('PageId', CONTACTS_ARN)
    const code = input.text('AcceptCode', { min: 6, max: 10, pattern: /^[0-9]*$/u })
    const type = input.oneOf('AcceptType', ['DELIVERED', 'READ'])
    const validation = input.optionalOneOf('AcceptCodeValidation', ['IGNORE', 'ENFORCE'])
    const note = input.optionalText('Note', { min: 1, max: 2048, pattern: ANY })
    const page = this.pages.find((each) => each.arn === arn)
    if (!page) throw notFound('PAGE', arn)
    if (validation === 'ENFORCE' && code !== page.code)
      throw new Refusal('ValidationException', 'Invalid value provided - the accept code is not that of the page')
    if (type === 'READ') this.read(page, note)
    return {}
  }

  #listContacts(input: Members): object {
    const type = input.optionalOneOf('Type', ['PERSONAL', 'ESCALATION', 'ONCALL_SCHEDULE'])
    const all = this.#options.contacts.map(({ alias, escalatesTo }) => ({
      ContactArn: contactArnOf(alias),
      Alias: alias,
      Type: escalatesTo ? 'ESCALATION' : 'PERSONAL',
    }))
    return this.#listed('Contacts', input, type ? all.filter((each) => each.Type === type) : all)
  }

  #listChannels(input: Members): object {
    const ContactArn = input.text('ContactId', CONTACTS_ARN)
    const { alias, sms, email } = this.#contact(ContactArn)
    const channels = Object.entries({ SMS: sms, EMAIL: email }).flatMap(([Type, SimpleAddress]) =>
      SimpleAddress === undefined
        ? []
        : [
            {
              ContactChannelArn: `${PREFIX}contact-channel/${alias}/${Type.toLowerCase()}`,
              ContactArn,
              Name: Type,
              Type,
              DeliveryAddress: { SimpleAddress },
              ActivationStatus: 'ACTIVATED',
            },
          ],
    )
    return this.#listed('ContactChannels', input, channels)
  }

  #listEngagements(input: Members): object {
    const incident = input.optionalText('IncidentId', { max: 1024, pattern: NAMELIKE })
    const found = this.engagements.filter(({ incidentArn }) => incident === undefined || incidentArn === incident)
    const entries = found.map(({ arn, contactArn, sender, incidentArn, startedAt, stoppedAt }) =>
      present({
        EngagementArn: arn,
        ContactArn: contactArn,
        Sender: sender,
        IncidentId: incidentArn,
        StartTime: seconds(startedAt),
        StopTime: seconds(stoppedAt),
      }),
    )
    return this.#listed('Engagements', input, entries.toReversed())
  }

  #listPages(input: Members, isListed: (page: StubPage) => boolean): object {
    const entries = this.pages.filter(isListed).map((page) =>
      present({
        PageArn: page.arn,
        EngagementArn: page.engagementArn,
        ContactArn: page.contactArn,
        Sender: page.sender,
        IncidentId: page.incidentArn,
        SentTime: seconds(page.sentAt),
        DeliveryTime: seconds(page.readAt),
        ReadTime: seconds(page.readAt),
      }),
    )
    return this.#listed('Pages', input, entries)
  }

  /** A page of a list. The token is where it goes on. */
  #listed(name: string, input: Members, entries: readonly object[]): object {
    const most = input.optionalInteger('MaxResults', 0, 1024) || this.#options.pageSize
    const from = Number(input.optionalText('NextToken', { max: 2048, pattern: /^[\\/a-zA-Z0-9_+=-]*$/u }) ?? 0)
    const size = Math.min(most, this.#options.pageSize)
    const next = from + size
    return { [name]: entries.slice(from, next), ...(next < entries.length ? { NextToken: String(next) } : {}) }
  }
}
