// The one place that says which handler serves which operation. An operation without one answers that it is not implemented yet.
import type * as ContactsSdk from '@aws-sdk/client-ssm-contacts'
import type * as IncidentsSdk from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../context.ts'
import { acceptPage } from './contacts/accept-page.ts'
import { inAccount } from './contacts/account.ts'
import { activateContactChannel } from './contacts/activate-contact-channel.ts'
import { createContact } from './contacts/create-contact.ts'
import { createContactChannel } from './contacts/create-contact-channel.ts'
import { createRotationOverride } from './contacts/create-rotation-override.ts'
import { createRotation } from './contacts/create-rotation.ts'
import { deactivateContactChannel } from './contacts/deactivate-contact-channel.ts'
import { deleteContact } from './contacts/delete-contact.ts'
import { deleteContactChannel } from './contacts/delete-contact-channel.ts'
import { deleteRotationOverride } from './contacts/delete-rotation-override.ts'
import { deleteRotation } from './contacts/delete-rotation.ts'
import { describeEngagement } from './contacts/describe-engagement.ts'
import { describePage } from './contacts/describe-page.ts'
import { getContact } from './contacts/get-contact.ts'
import { getContactPolicy } from './contacts/get-contact-policy.ts'
import { getContactChannel } from './contacts/get-contact-channel.ts'
import { getRotationOverride } from './contacts/get-rotation-override.ts'
import { getRotation } from './contacts/get-rotation.ts'
import { listContactChannels } from './contacts/list-contact-channels.ts'
import { listContacts } from './contacts/list-contacts.ts'
import { listEngagements } from './contacts/list-engagements.ts'
import { listPageResolutions } from './contacts/list-page-resolutions.ts'
import { listPageReceipts } from './contacts/list-page-receipts.ts'
import { listPagesByContact } from './contacts/list-pages-by-contact.ts'
import { listPagesByEngagement } from './contacts/list-pages-by-engagement.ts'
import { listPreviewRotationShifts } from './contacts/list-preview-rotation-shifts.ts'
import { listRotationOverrides } from './contacts/list-rotation-overrides.ts'
import { listRotationShifts } from './contacts/list-rotation-shifts.ts'
import { listRotations } from './contacts/list-rotations.ts'
import { listTagsForResource as listContactTags } from './contacts/list-tags-for-resource.ts'
import { putContactPolicy } from './contacts/put-contact-policy.ts'
import { sendActivationCode } from './contacts/send-activation-code.ts'
import { startEngagement } from './contacts/start-engagement.ts'
import { stopEngagement } from './contacts/stop-engagement.ts'
import { tagResource as tagContact } from './contacts/tag-resource.ts'
import { untagResource as untagContact } from './contacts/untag-resource.ts'
import { updateContact } from './contacts/update-contact.ts'
import { updateContactChannel } from './contacts/update-contact-channel.ts'
import { updateRotation } from './contacts/update-rotation.ts'
import { batchGetIncidentFindings } from './incidents/batch-get-incident-findings.ts'
import { createReplicationSet } from './incidents/create-replication-set.ts'
import { createResponsePlan } from './incidents/create-response-plan.ts'
import { createTimelineEvent } from './incidents/create-timeline-event.ts'
import { deleteIncidentRecord } from './incidents/delete-incident-record.ts'
import { deleteReplicationSet } from './incidents/delete-replication-set.ts'
import { deleteResourcePolicy } from './incidents/delete-resource-policy.ts'
import { deleteResponsePlan } from './incidents/delete-response-plan.ts'
import { deleteTimelineEvent } from './incidents/delete-timeline-event.ts'
import { getIncidentRecord } from './incidents/get-incident-record.ts'
import { getReplicationSet } from './incidents/get-replication-set.ts'
import { getResourcePolicies } from './incidents/get-resource-policies.ts'
import { getResponsePlan } from './incidents/get-response-plan.ts'
import { getTimelineEvent } from './incidents/get-timeline-event.ts'
import { listIncidentFindings } from './incidents/list-incident-findings.ts'
import { listIncidentRecords } from './incidents/list-incident-records.ts'
import { listRelatedItems } from './incidents/list-related-items.ts'
import { listReplicationSets } from './incidents/list-replication-sets.ts'
import { listResponsePlans } from './incidents/list-response-plans.ts'
import { listTagsForResource } from './incidents/list-tags-for-resource.ts'
import { listTimelineEvents } from './incidents/list-timeline-events.ts'
import { putResourcePolicy } from './incidents/put-resource-policy.ts'
import { startIncident } from './incidents/start-incident.ts'
import { tagResource } from './incidents/tag-resource.ts'
import { untagResource } from './incidents/untag-resource.ts'
import { updateDeletionProtection } from './incidents/update-deletion-protection.ts'
import { updateIncidentRecord } from './incidents/update-incident-record.ts'
import { updateRelatedItems } from './incidents/update-related-items.ts'
import { updateReplicationSet } from './incidents/update-replication-set.ts'
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
  UpdateReplicationSet: updateReplicationSet,
  UpdateDeletionProtection: updateDeletionProtection,
  DeleteReplicationSet: deleteReplicationSet,
  CreateResponsePlan: createResponsePlan,
  GetResponsePlan: getResponsePlan,
  ListResponsePlans: listResponsePlans,
  UpdateResponsePlan: updateResponsePlan,
  DeleteResponsePlan: deleteResponsePlan,
  PutResourcePolicy: putResourcePolicy,
  GetResourcePolicies: getResourcePolicies,
  DeleteResourcePolicy: deleteResourcePolicy,
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
  ListIncidentFindings: listIncidentFindings,
  BatchGetIncidentFindings: batchGetIncidentFindings,
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
} satisfies Handlers<typeof IncidentsSdk>

export const contactsOperations = inAccount({
  CreateContact: createContact,
  GetContact: getContact,
  ListContacts: listContacts,
  UpdateContact: updateContact,
  DeleteContact: deleteContact,
  PutContactPolicy: putContactPolicy,
  GetContactPolicy: getContactPolicy,
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
  ListPageResolutions: listPageResolutions,
  AcceptPage: acceptPage,
  TagResource: tagContact,
  UntagResource: untagContact,
  ListTagsForResource: listContactTags,
  CreateRotation: createRotation,
  GetRotation: getRotation,
  UpdateRotation: updateRotation,
  DeleteRotation: deleteRotation,
  ListRotations: listRotations,
  CreateRotationOverride: createRotationOverride,
  GetRotationOverride: getRotationOverride,
  DeleteRotationOverride: deleteRotationOverride,
  ListRotationOverrides: listRotationOverrides,
  ListRotationShifts: listRotationShifts,
  ListPreviewRotationShifts: listPreviewRotationShifts,
} satisfies Handlers<typeof ContactsSdk>)
