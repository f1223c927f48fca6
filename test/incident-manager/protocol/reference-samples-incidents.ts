// The API reference's samples of the incidents API.
import { POLICY } from './account.ts'
import { AT, type Sample, type There } from './reference-samples.ts'

const clientToken = 'aa1b2cde-27e3-42ff-9cac-99380EXAMPLE'
const ADMIN = 'arn:aws:sts::111122223333:assumed-role/Admin/exampleUser'
const url = encodeURIComponent

export function incidentsSamples(there: There): Sample[] {
  const { set, plan, incident, event, policyId, updateEvent, token } = there
  const key = (region: string) => `arn:aws:kms:${region}:111122223333:key/de6a2f4e-5d40-4443-ad82-1db179510a32`
  const runbook = {
    documentName: 'AWSIncidents-CriticalIncidentRunbookTemplate',
    documentVersion: '$DEFAULT',
    roleArn:
      'arn:aws:iam::111122223333:role/aws-service-role/ssm-incidents.amazonaws.com/AWSServiceRoleForIncidentManager',
    targetAccount: 'RESPONSE_PLAN_OWNER_ACCOUNT',
  }
  const parts = {
    actions: [{ ssmAutomation: runbook }],
    chatChannel: { chatbotSns: ['arn:aws:sns:us-east-1:111122223333:Standard_User'] },
    displayName: 'Example response plan',
    engagements: ['arn:aws:ssm-contacts:us-east-1:111122223333:contact/example'],
    incidentTemplate: { impact: 5, title: 'example-incident' },
    name: 'example-response',
  }
  const summary = {
    arn: incident,
    creationTime: AT,
    impact: 5,
    incidentRecordSource: { createdBy: ADMIN, invokedBy: ADMIN, source: 'aws.ssm-incidents.custom' },
    status: 'OPEN',
    title: 'example-incident',
  }
  // Left blank unless a service has assumed the caller's role, says the reference of the member; the samples show the caller.
  const less = ['.incidentRecordSource.invokedBy string']
  const eventSummary = {
    eventId: updateEvent,
    eventTime: AT,
    eventType: 'SSM Incident Record Update',
    eventUpdatedTime: AT,
    incidentRecordArn: incident,
  }
  const parent = { type: 'PARENT', value: { arn: 'arn:aws:ssm:us-east-1:111122223333:opsitem/oi-40089EXAMPLE' } }
  return [
    {
      operation: 'CreateReplicationSet',
      line: 'POST /createReplicationSet',
      body: {
        regions: { 'us-east-1': { sseKmsKeyId: key('us-east-1') }, 'us-east-2': { sseKmsKeyId: key('us-east-2') } },
        clientToken,
      },
      after: ['DeleteReplicationSet'],
      status: 201,
      answer: { arn: set },
    },
    {
      operation: 'CreateResponsePlan',
      line: 'POST /createResponsePlan',
      body: { ...parts, clientToken },
      status: 201,
      answer: { arn: plan },
    },
    {
      operation: 'CreateTimelineEvent',
      line: 'POST /createTimelineEvent',
      body: {
        eventData: '"example timeline event"',
        eventTime: 1601584200,
        eventType: 'Custom Event',
        incidentRecordArn: incident,
        clientToken,
      },
      status: 201,
      answer: { eventId: event, incidentRecordArn: incident },
    },
    { operation: 'DeleteIncidentRecord', line: 'POST /deleteIncidentRecord', body: { arn: incident }, status: 204 },
    { operation: 'DeleteReplicationSet', line: `POST /deleteReplicationSet?arn=${url(set)}`, status: 204 },
    {
      operation: 'DeleteResourcePolicy',
      line: 'POST /deleteResourcePolicy',
      body: { policyId, resourceArn: plan },
      status: 200,
      answer: {},
    },
    { operation: 'DeleteResponsePlan', line: 'POST /deleteResponsePlan', body: { arn: plan }, status: 204 },
    {
      operation: 'DeleteTimelineEvent',
      line: 'POST /deleteTimelineEvent',
      body: { eventId: event, incidentRecordArn: incident },
      status: 204,
    },
    {
      operation: 'GetIncidentRecord',
      line: `GET /getIncidentRecord?arn=${url(incident)}`,
      status: 200,
      answer: {
        incidentRecord: {
          ...summary,
          automationExecutions: [],
          chatChannel: parts.chatChannel,
          dedupeString: '00bd9919-b99f-367c-c282-eabcaff587f7',
          lastModifiedBy: ADMIN,
          lastModifiedTime: AT,
          notificationTargets: [],
        },
      },
      less: less.map((member) => `.incidentRecord${member}`),
    },
    {
      operation: 'GetReplicationSet',
      line: `GET /getReplicationSet?arn=${url(set)}`,
      status: 200,
      answer: {
        replicationSet: {
          createdBy: ADMIN,
          createdTime: AT,
          deletionProtected: false,
          lastModifiedBy: ADMIN,
          lastModifiedTime: AT,
          regionMap: {
            'us-east-1': { sseKmsKeyId: key('us-east-1'), status: 'ACTIVE' },
            'us-east-2': { sseKmsKeyId: key('us-east-2'), status: 'ACTIVE', statusMessage: 'Tagging inaccessible' },
          },
          status: 'ACTIVE',
        },
      },
      more: [
        '.replicationSet.arn string',
        '.replicationSet.regionMap.us-east-1.statusUpdateDateTime number',
        '.replicationSet.regionMap.us-east-2.statusUpdateDateTime number',
      ],
      less: ['.replicationSet.regionMap.us-east-2.statusMessage string'],
    },
    {
      operation: 'GetResourcePolicies',
      line: `POST /getResourcePolicies?resourceArn=${url(plan)}`,
      status: 200,
      answer: { resourcePolicies: [{ policyDocument: POLICY, policyId, ramResourceShareRegion: 'us-east-1' }] },
    },
    {
      operation: 'GetResponsePlan',
      line: `GET /getResponsePlan?arn=${url(plan)}`,
      status: 200,
      answer: { ...parts, arn: plan },
    },
    {
      operation: 'GetTimelineEvent',
      line: `GET /getTimelineEvent?eventId=${updateEvent}&incidentRecordArn=${url(incident)}`,
      status: 200,
      answer: { event: { ...eventSummary, eventData: '{}' } },
    },
    {
      operation: 'ListIncidentRecords',
      line: 'POST /listIncidentRecords',
      status: 200,
      answer: { incidentRecordSummaries: [summary] },
      less: less.map((member) => `.incidentRecordSummaries[]${member}`),
    },
    {
      operation: 'ListRelatedItems',
      line: 'POST /listRelatedItems',
      body: { incidentRecordArn: incident },
      status: 200,
      answer: {
        relatedItems: [
          { identifier: { type: 'OTHER', value: { url: 'https://example.com' } }, title: 'Example related item' },
          { identifier: parent, title: 'parentItem' },
        ],
      },
      more: ['.relatedItems[].generatedId string'],
    },
    {
      operation: 'ListReplicationSets',
      line: 'POST /listReplicationSets',
      status: 200,
      answer: { replicationSetArns: [set] },
    },
    {
      operation: 'ListResponsePlans',
      line: 'POST /listResponsePlans',
      body: { nextToken: token },
      status: 200,
      answer: {
        responsePlanSummaries: [{ arn: plan, displayName: 'Example response plan', name: 'example-response' }],
      },
    },
    {
      operation: 'ListTagsForResource',
      line: `GET /tags/${url(plan)}`,
      status: 200,
      answer: { tags: { group1: '1' } },
    },
    {
      operation: 'ListTimelineEvents',
      line: 'POST /listTimelineEvents',
      body: { incidentRecordArn: incident },
      status: 200,
      answer: { eventSummaries: [eventSummary, { ...eventSummary, eventType: 'Custom Event' }] },
    },
    {
      operation: 'PutResourcePolicy',
      line: 'POST /putResourcePolicy',
      body: { policy: POLICY, resourceArn: plan },
      status: 200,
      answer: { policyId },
    },
    {
      operation: 'StartIncident',
      line: 'POST /startIncident',
      body: { responsePlanArn: plan, clientToken },
      status: 200,
      answer: { incidentRecordArn: incident },
    },
    { operation: 'TagResource', line: `POST /tags/${url(plan)}`, body: { tags: { group1: '1' } }, status: 204 },
    { operation: 'UntagResource', line: `DELETE /tags/${url(plan)}?tagKeys=group1`, status: 204 },
    {
      operation: 'UpdateDeletionProtection',
      line: 'POST /updateDeletionProtection',
      body: { arn: set, deletionProtected: true, clientToken },
      status: 204,
    },
    {
      operation: 'UpdateIncidentRecord',
      line: 'POST /updateIncidentRecord',
      body: { arn: incident, status: 'RESOLVED', clientToken },
      status: 204,
    },
    {
      operation: 'UpdateRelatedItems',
      line: 'POST /updateRelatedItems',
      body: { incidentRecordArn: incident, relatedItemsUpdate: { itemToRemove: parent }, clientToken },
      status: 204,
    },
    {
      operation: 'UpdateReplicationSet',
      line: 'POST /updateReplicationSet',
      body: { actions: [{ deleteRegionAction: { regionName: 'us-east-2' } }], arn: set, clientToken },
      status: 204,
    },
    {
      operation: 'UpdateResponsePlan',
      line: 'POST /updateResponsePlan',
      body: { arn: plan, chatChannel: { empty: {} }, clientToken },
      status: 204,
    },
    {
      operation: 'UpdateTimelineEvent',
      line: 'POST /updateTimelineEvent',
      body: { eventId: event, eventTime: 1621620657, incidentRecordArn: incident, clientToken },
      status: 204,
    },
  ]
}
