// A request for each operation of the incidents API, in an account with a hundred incidents.
import {
  BatchGetIncidentFindingsCommand,
  CreateReplicationSetCommand,
  CreateResponsePlanCommand,
  CreateTimelineEventCommand,
  DeleteIncidentRecordCommand,
  DeleteReplicationSetCommand,
  DeleteResourcePolicyCommand,
  DeleteResponsePlanCommand,
  DeleteTimelineEventCommand,
  GetIncidentRecordCommand,
  GetReplicationSetCommand,
  GetResourcePoliciesCommand,
  GetResponsePlanCommand,
  GetTimelineEventCommand,
  ListIncidentFindingsCommand,
  ListIncidentRecordsCommand,
  ListRelatedItemsCommand,
  ListReplicationSetsCommand,
  ListResponsePlansCommand,
  ListTagsForResourceCommand,
  ListTimelineEventsCommand,
  PutResourcePolicyCommand,
  StartIncidentCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDeletionProtectionCommand,
  UpdateIncidentRecordCommand,
  UpdateRelatedItemsCommand,
  UpdateReplicationSetCommand,
  UpdateResponsePlanCommand,
  UpdateTimelineEventCommand,
} from '@aws-sdk/client-ssm-incidents'
import type { Clients } from './prepared.ts'

/** Asks for the request of an operation for the so many-th time; what it works on has been made when it settles. */
export type Make = (index: number) => Promise<unknown>
export type Calls = Readonly<Record<string, Make>>

const INCIDENTS = 100
const EVENTS = 60
const PLANS = 20
const template = { title: 'Disk full', impact: 3, summary: 'No room on the disk.' }
const regions = { 'us-east-1': {} }

/** The ARN of the replication set without which nothing works. */
export async function newReplicationSet({ incidents }: Clients): Promise<string> {
  return (await incidents.send(new CreateReplicationSetCommand({ regions }))).arn ?? ''
}

/** Those that make the account and end it: one after the other, in an account of their own. */
export const accountCalls = ({ incidents: real }: Clients, { incidents: dry }: Clients): Calls => ({
  CreateReplicationSet: async () => {
    const { replicationSetArns: [arn] = [] } = await real.send(new ListReplicationSetsCommand({}))
    if (arn) await real.send(new DeleteReplicationSetCommand({ arn }))
    return dry.send(new CreateReplicationSetCommand({ regions }))
  },
  DeleteReplicationSet: async () => {
    const { replicationSetArns: [arn] = [] } = await real.send(new ListReplicationSetsCommand({}))
    const created = arn ?? (await real.send(new CreateReplicationSetCommand({ regions }))).arn
    return dry.send(new DeleteReplicationSetCommand({ arn: created }))
  },
})

/** `set` is the replication set's ARN. */
export async function incidentCalls(
  { incidents: real }: Clients,
  { incidents: dry }: Clients,
  set: string,
): Promise<Calls> {
  let names = 0
  const newPlan = async (): Promise<string> => {
    const name = `plan-${++names}`
    return (await real.send(new CreateResponsePlanCommand({ name, incidentTemplate: template }))).arn ?? ''
  }
  const plans: string[] = []
  for (let at = 0; at < PLANS; at++) plans.push(await newPlan())
  const planOf = (index: number): string => plans[index % PLANS] ?? ''
  const newIncident = async (index: number): Promise<string> =>
    (await real.send(new StartIncidentCommand({ responsePlanArn: planOf(index) }))).incidentRecordArn ?? ''
  const records: string[] = []
  for (let at = 0; at < INCIDENTS; at++) records.push(await newIncident(at))
  const recordOf = (index: number): string => records[index % INCIDENTS] ?? ''
  const [incidentRecordArn = ''] = records
  const event = { incidentRecordArn, eventType: 'Custom Event', eventTime: new Date(), eventData: '"Fuller."' }
  const newEvent = async (): Promise<string> => (await real.send(new CreateTimelineEventCommand(event))).eventId ?? ''
  const events: string[] = []
  for (let at = 0; at < EVENTS; at++) events.push(await newEvent())
  const eventOf = (index: number): string => events[index % EVENTS] ?? ''
  const policy = (arn: string, account: number): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: String(400_000_000_000 + account) },
          Action: ['ssm-incidents:StartIncident'],
          Resource: [arn],
        },
      ],
    })
  const shared = async (resourceArn: string, account: number): Promise<string> => {
    const put = new PutResourcePolicyCommand({ resourceArn, policy: policy(resourceArn, account) })
    return (await real.send(put)).policyId ?? ''
  }
  await shared(planOf(0), 1)
  const item = (at: number) => ({
    identifier: { type: 'OTHER' as const, value: { url: `https://example.com/${at}` } },
    title: 'Runbook',
  })
  for (let at = 0; at < 10; at++)
    await real.send(
      new UpdateRelatedItemsCommand({ incidentRecordArn, relatedItemsUpdate: { itemToAdd: item(1000 + at) } }),
    )
  return {
    GetReplicationSet: () => dry.send(new GetReplicationSetCommand({ arn: set })),
    ListReplicationSets: () => dry.send(new ListReplicationSetsCommand({})),
    UpdateReplicationSet: (index) => {
      const region = { regionName: 'us-west-2' }
      const action = index % 2 ? { deleteRegionAction: region } : { addRegionAction: region }
      return dry.send(new UpdateReplicationSetCommand({ arn: set, actions: [action] }))
    },
    UpdateDeletionProtection: () =>
      dry.send(new UpdateDeletionProtectionCommand({ arn: set, deletionProtected: false })),
    CreateResponsePlan: () =>
      dry.send(new CreateResponsePlanCommand({ name: `plan-${++names}`, incidentTemplate: template })),
    GetResponsePlan: (index) => dry.send(new GetResponsePlanCommand({ arn: planOf(index) })),
    ListResponsePlans: () => dry.send(new ListResponsePlansCommand({ maxResults: 50 })),
    UpdateResponsePlan: (index) =>
      dry.send(new UpdateResponsePlanCommand({ arn: planOf(index), displayName: `Disk ${index}` })),
    DeleteResponsePlan: async () => dry.send(new DeleteResponsePlanCommand({ arn: await newPlan() })),
    PutResourcePolicy: (index) =>
      dry.send(new PutResourcePolicyCommand({ resourceArn: planOf(index), policy: policy(planOf(index), 2) })),
    GetResourcePolicies: () => dry.send(new GetResourcePoliciesCommand({ resourceArn: planOf(0) })),
    DeleteResourcePolicy: async (index) => {
      const policyId = await shared(planOf(index), 10 + index)
      return dry.send(new DeleteResourcePolicyCommand({ resourceArn: planOf(index), policyId }))
    },
    StartIncident: (index) => dry.send(new StartIncidentCommand({ responsePlanArn: planOf(index) })),
    GetIncidentRecord: (index) => dry.send(new GetIncidentRecordCommand({ arn: recordOf(index) })),
    ListIncidentRecords: () => dry.send(new ListIncidentRecordsCommand({ maxResults: 50 })),
    UpdateIncidentRecord: (index) =>
      dry.send(new UpdateIncidentRecordCommand({ arn: recordOf(index), title: `Disk ${index} full` })),
    DeleteIncidentRecord: async (index) => dry.send(new DeleteIncidentRecordCommand({ arn: await newIncident(index) })),
    CreateTimelineEvent: () => dry.send(new CreateTimelineEventCommand(event)),
    GetTimelineEvent: (index) => dry.send(new GetTimelineEventCommand({ incidentRecordArn, eventId: eventOf(index) })),
    ListTimelineEvents: () => dry.send(new ListTimelineEventsCommand({ incidentRecordArn, maxResults: 50 })),
    UpdateTimelineEvent: (index) =>
      dry.send(
        new UpdateTimelineEventCommand({ incidentRecordArn, eventId: eventOf(index), eventData: `"${index} %"` }),
      ),
    DeleteTimelineEvent: async () =>
      dry.send(new DeleteTimelineEventCommand({ incidentRecordArn, eventId: await newEvent() })),
    UpdateRelatedItems: (index) =>
      dry.send(
        new UpdateRelatedItemsCommand({
          incidentRecordArn: recordOf(index),
          relatedItemsUpdate: { itemToAdd: item(index) },
        }),
      ),
    ListRelatedItems: () => dry.send(new ListRelatedItemsCommand({ incidentRecordArn })),
    ListIncidentFindings: () => dry.send(new ListIncidentFindingsCommand({ incidentRecordArn })),
    BatchGetIncidentFindings: () =>
      dry.send(new BatchGetIncidentFindingsCommand({ incidentRecordArn, findingIds: ['none'] })),
    TagResource: (index) =>
      dry.send(new TagResourceCommand({ resourceArn: planOf(index), tags: { team: `storage ${index}` } })),
    UntagResource: async (index) => {
      const resourceArn = planOf(index)
      await real.send(new TagResourceCommand({ resourceArn, tags: { [`site-${index}`]: 'north' } }))
      return dry.send(new UntagResourceCommand({ resourceArn, tagKeys: [`site-${index}`] }))
    },
    ListTagsForResource: (index) => dry.send(new ListTagsForResourceCommand({ resourceArn: planOf(index) })),
  }
}
