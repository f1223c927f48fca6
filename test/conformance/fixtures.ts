// What most conformance tests need: something to work on, removed again when the account is closed; and how a refusal looks.
import {
  ActivateContactChannelCommand,
  CreateContactChannelCommand,
  CreateContactCommand,
  type CreateContactCommandInput,
  DeleteContactCommand,
  ListPagesByEngagementCommand,
  SendActivationCodeCommand,
  StartEngagementCommand,
  type StartEngagementCommandInput,
  StopEngagementCommand,
  UpdateContactCommand,
} from '@aws-sdk/client-ssm-contacts'
import {
  CreateResponsePlanCommand,
  type CreateResponsePlanCommandInput,
  CreateTimelineEventCommand,
  DeleteIncidentRecordCommand,
  DeleteResponsePlanCommand,
  StartIncidentCommand,
} from '@aws-sdk/client-ssm-incidents'
import { expect } from 'vitest'
import { type Account, newName } from './client.ts'

/** The ARN of a new response plan. */
export async function newPlan(
  { incidents, afterwards }: Account,
  more: Partial<CreateResponsePlanCommandInput> = {},
): Promise<string> {
  const input = { name: newName('plan'), incidentTemplate: { title: 'Conformance', impact: 5 }, ...more }
  const { arn = '' } = await incidents.send(new CreateResponsePlanCommand(input))
  afterwards(() => incidents.send(new DeleteResponsePlanCommand({ arn })))
  return arn
}

/** The ARN of a new incident, of a plan of its own unless one is named. */
export async function newIncident(account: Account, planArn?: string): Promise<string> {
  const { incidents, afterwards } = account
  const responsePlanArn = planArn ?? (await newPlan(account))
  const { incidentRecordArn = '' } = await incidents.send(new StartIncidentCommand({ responsePlanArn }))
  afterwards(() => incidents.send(new DeleteIncidentRecordCommand({ arn: incidentRecordArn })))
  return incidentRecordArn
}

/** The ARN of a new contact: a person without a plan, unless told otherwise. */
export async function newContact(
  { contacts, afterwards }: Account,
  more: Partial<CreateContactCommandInput> = {},
): Promise<string> {
  const person: CreateContactCommandInput = { Alias: newName('contact'), Type: 'PERSONAL', Plan: { Stages: [] } }
  const input = { ...person, ...more }
  const { ContactArn = '' } = await contacts.send(new CreateContactCommand(input))
  afterwards(() => contacts.send(new DeleteContactCommand({ ContactId: ContactArn })))
  return ContactArn
}

/** The ARN of a new channel that nobody is asked to activate. */
export async function newChannel({ contacts }: Account, ContactId: string): Promise<string> {
  const { ContactChannelArn = '' } = await contacts.send(
    new CreateContactChannelCommand({
      ContactId,
      Name: 'e-mail',
      Type: 'EMAIL',
      DeliveryAddress: { SimpleAddress: 'nobody@example.com' },
      DeferActivation: true,
    }),
  )
  return ContactChannelArn
}

/** The ARN of a new channel that the contact has activated. Local only: the code is read there. */
export async function newActivatedChannel(account: Account, contact: string): Promise<string> {
  const ContactChannelId = await newChannel(account, contact)
  await account.contacts.send(new SendActivationCodeCommand({ ContactChannelId }))
  const ActivationCode = await activationCodeOf(account, contact)
  await account.contacts.send(new ActivateContactChannelCommand({ ContactChannelId, ActivationCode }))
  return ContactChannelId
}

/** The ARN of a person whose one channel is activated and paged at once. Local only. */
export async function newReachablePerson(account: Account): Promise<string> {
  const ContactId = await newContact(account)
  const Targets = [{ ChannelTargetInfo: { ContactChannelId: await newActivatedChannel(account, ContactId) } }]
  const Plan = { Stages: [{ DurationInMinutes: 5, Targets }] }
  await account.contacts.send(new UpdateContactCommand({ ContactId, Plan }))
  return ContactId
}

/** Another resource of the same kind that does not exist. */
export const absent = (arn: string): string => `${arn.slice(0, arn.lastIndexOf('/') + 1)}${ABSENT_ID}`
/** A page of the contact's that was never sent. */
export const pageOfNobody = (contact: string): string => `${contact.replace(':contact/', ':page/')}/${ABSENT_ID}`
const ABSENT_ID = '00000000-0000-4000-8000-000000000000'

/** The call is refused with an exception of that name and HTTP status, and these members. */
export async function expectRefusal(
  call: Promise<unknown>,
  name: string,
  httpStatusCode: number,
  members: object = {},
): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (refusal: unknown) => refusal,
  )
  expect(error).toMatchObject({ name, $metadata: { httpStatusCode, requestId: expect.any(String) }, ...members })
}

/** A constraint of the model is broken: AWS's words, as api-facts has them verbatim. */
export const expectViolation = (
  call: Promise<unknown>,
  clauses: readonly { readonly value: string; readonly at: string; readonly must: string }[],
): Promise<void> => {
  const count = clauses.length === 1 ? '1 validation error' : `${clauses.length} validation errors`
  const sentences = clauses.map(
    ({ value, at, must }) => `Value ${value} at '${at}' failed to satisfy constraint: Member must ${must}`,
  )
  return expectRefusal(call, 'ValidationException', 400, { message: `${count} detected: ${sentences.join('; ')}` })
}

/** An answer without what every answer has. Members that are absent are not there at all. */
export function answered<Output extends { readonly $metadata: unknown }>(output: Output): Omit<Output, '$metadata'> {
  const { $metadata: _, ...members } = output
  return members
}

/** What every page of a list holds, in order; no page holds more than asked for. */
export async function pagesOf<Page, Entry>(
  pages: AsyncIterable<Page>,
  entriesOf: (page: Page) => Entry[] | undefined,
  pageSize: number,
): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const page of pages) {
    const more = entriesOf(page) ?? []
    expect(more.length).toBeLessThanOrEqual(pageSize)
    entries.push(...more)
  }
  return entries
}

/** The list takes pages of 1 to 100, and no token that it has not given. */
export async function expectPageRules(
  list: (page: { maxResults?: number; nextToken?: string }) => Promise<unknown>,
): Promise<void> {
  await expectViolation(list({ maxResults: 0 }), [
    { value: "'0'", at: 'maxResults', must: 'have value greater than or equal to 1' },
  ])
  await expectViolation(list({ maxResults: 101 }), [
    { value: "'101'", at: 'maxResults', must: 'have value less than or equal to 100' },
  ])
  await expectRefusal(list({ nextToken: 'forged' }), 'ValidationException', 400)
}

/** The id of a new event on an incident's timeline. */
export async function newEvent({ incidents }: Account, incidentRecordArn: string, eventTime: Date): Promise<string> {
  const event = { incidentRecordArn, eventType: 'Custom Event', eventTime, eventData: '"Conformance"' }
  return (await incidents.send(new CreateTimelineEventCommand(event))).eventId ?? ''
}

/** The ARN of a new engagement of a contact, stopped again when the account is closed. */
export async function newEngagement(
  { contacts, afterwards }: Account,
  ContactId: string,
  more: Partial<StartEngagementCommandInput> = {},
): Promise<string> {
  const words = { Sender: 'conformance', Subject: 'Test', Content: 'Only a test.' }
  const { EngagementArn = '' } = await contacts.send(new StartEngagementCommand({ ContactId, ...words, ...more }))
  afterwards(() => contacts.send(new StopEngagementCommand({ EngagementId: EngagementArn })))
  return EngagementArn
}

/** The one page of a new engagement of a person who can be reached, and the code that came with it. Local only. */
export async function newPage(
  account: Account,
  more: Partial<StartEngagementCommandInput> = {},
): Promise<{ contact: string; engagement: string; page: string; code: string }> {
  const contact = await newReachablePerson(account)
  const engagement = await newEngagement(account, contact, more)
  const { Pages = [] } = await account.contacts.send(new ListPagesByEngagementCommand({ EngagementId: engagement }))
  const page = Pages[0]?.PageArn ?? ''
  const message = (await account.messages()).find(({ pageArn }) => pageArn === page)
  return { contact, engagement, page, code: message?.code ?? '' }
}

/** The code that was last sent to a contact's channel to activate it. Local only. */
export async function activationCodeOf({ messages }: Account, contact: string): Promise<string> {
  const sent = (await messages()).find(({ contactArn, pageArn }) => contactArn === contact && pageArn === undefined)
  return sent?.code ?? ''
}

/** The list takes pages of up to 1,024, and no token that it has not given. */
export async function expectContactsPageRules(
  list: (page: { MaxResults?: number; NextToken?: string }) => Promise<unknown>,
): Promise<void> {
  await expectViolation(list({ MaxResults: 1025 }), [
    { value: "'1025'", at: 'maxResults', must: 'have value less than or equal to 1024' },
  ])
  await expectRefusal(list({ NextToken: 'forged' }), 'ValidationException', 400)
}
