// The one place that says which handler serves which operation. An operation without one answers that it is not implemented yet.
import type * as ContactsSdk from '@aws-sdk/client-ssm-contacts'
import type * as IncidentsSdk from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../context.ts'
import { acceptPage } from './contacts/accept-page.ts'
import { activateContactChannel } from './contacts/activate-contact-channel.ts'
import { createContact } from './contacts/create-contact.ts'
import { createContactChannel } from './contacts/create-contact-channel.ts'
import { deactivateContactChannel } from './contacts/deactivate-contact-channel.ts'
import { deleteContact } from './contacts/delete-contact.ts'
import { deleteContactChannel } from './contacts/delete-contact-channel.ts'
import { describeEngagement } from './contacts/describe-engagement.ts'
import { describePage } from './contacts/describe-page.ts'
import { getContact } from './contacts/get-contact.ts'
import { getContactChannel } from './contacts/get-contact-channel.ts'
import { listContactChannels } from './contacts/list-contact-channels.ts'
import { listContacts } from './contacts/list-contacts.ts'
import { listEngagements } from './contacts/list-engagements.ts'
import { listPageReceipts } from './contacts/list-page-receipts.ts'
import { listPagesByContact } from './contacts/list-pages-by-contact.ts'
import { listPagesByEngagement } from './contacts/list-pages-by-engagement.ts'
import { sendActivationCode } from './contacts/send-activation-code.ts'
import { startEngagement } from './contacts/start-engagement.ts'
import { stopEngagement } from './contacts/stop-engagement.ts'
import { updateContact } from './contacts/update-contact.ts'
import { updateContactChannel } from './contacts/update-contact-channel.ts'
import { createReplicationSet } from './incidents/create-replication-set.ts'
import { createResponsePlan } from './incidents/create-response-plan.ts'
import { createTimelineEvent } from './incidents/create-timeline-event.ts'
import { deleteIncidentRecord } from './incidents/delete-incident-record.ts'
import { deleteReplicationSet } from './incidents/delete-replication-set.ts'
import { deleteResponsePlan } from './incidents/delete-response-plan.ts'
import { deleteTimelineEvent } from './incidents/delete-timeline-event.ts'
import { getIncidentRecord } from './incidents/get-incident-record.ts'
import { getReplicationSet } from './incidents/get-replication-set.ts'
import { getResponsePlan } from './incidents/get-response-plan.ts'
import { getTimelineEvent } from './incidents/get-timeline-event.ts'
import { listIncidentRecords } from './incidents/list-incident-records.ts'
import { listRelatedItems } from './incidents/list-related-items.ts'
import { listReplicationSets } from './incidents/list-replication-sets.ts'
import { listResponsePlans } from './incidents/list-response-plans.ts'
import { listTimelineEvents } from './incidents/list-timeline-events.ts'
import { startIncident } from './incidents/start-incident.ts'
import { updateIncidentRecord } from './incidents/update-incident-record.ts'
import { updateRelatedItems } from './incidents/update-related-items.ts'
import { updateResponsePlan } from './incidents/update-response-plan.ts'
import { updateTimelineEvent } from './incidents/update-timeline-event.ts'

/** The operations of an SDK client, by name; a handler with other types than the client's does not compile. */
type Handlers<Sdk> = {
  readonly [Key in keyof Sdk as Key extends `${infer Name}Command` ? Name : never]?: Sdk[Key] extends new (
    ...input: never
  ) => Command<infer Input, infer Output>
    ? Operation<Input, Output>
    : never
}

interface Command<Input, Output> {
  readonly input: Input
  resolveMiddleware(...args: never): (...args: never) => Promise<{ output: Output }>
}

export const incidentsOperations = {
  CreateReplicationSet: createReplicationSet,
  GetReplicationSet: getReplicationSet,
  ListReplicationSets: listReplicationSets,
  DeleteReplicationSet: deleteReplicationSet,
  CreateResponsePlan: createResponsePlan,
  GetResponsePlan: getResponsePlan,
  ListResponsePlans: listResponsePlans,
  UpdateResponsePlan: updateResponsePlan,
  DeleteResponsePlan: deleteResponsePlan,
  StartIncident: startIncident,
  GetIncidentRecord: getIncidentRecord,
  ListIncidentRecords: listIncidentRecords,
  UpdateIncidentRecord: updateIncidentRecord,
  DeleteIncidentRecord: deleteIncidentRecord,
  CreateTimelineEvent: createTimelineEvent,
  GetTimelineEvent: getTimelineEvent,
  ListTimelineEvents: listTimelineEvents,
  UpdateTimelineEvent: updateTimelineEvent,
  DeleteTimelineEvent: deleteTimelineEvent,
  UpdateRelatedItems: updateRelatedItems,
  ListRelatedItems: listRelatedItems,
} satisfies Handlers<typeof IncidentsSdk>

export const contactsOperations = {
  CreateContact: createContact,
  GetContact: getContact,
  ListContacts: listContacts,
  UpdateContact: updateContact,
  DeleteContact: deleteContact,
  CreateContactChannel: createContactChannel,
  GetContactChannel: getContactChannel,
  ListContactChannels: listContactChannels,
  UpdateContactChannel: updateContactChannel,
  DeleteContactChannel: deleteContactChannel,
  ActivateContactChannel: activateContactChannel,
  DeactivateContactChannel: deactivateContactChannel,
  SendActivationCode: sendActivationCode,
  StartEngagement: startEngagement,
  StopEngagement: stopEngagement,
  DescribeEngagement: describeEngagement,
  ListEngagements: listEngagements,
  ListPagesByEngagement: listPagesByEngagement,
  ListPagesByContact: listPagesByContact,
  DescribePage: describePage,
  ListPageReceipts: listPageReceipts,
  AcceptPage: acceptPage,
} satisfies Handlers<typeof ContactsSdk>
