// Where each thing of the incident manager lives in its one table, and how it is found again.
import { sha256 } from '../../aws/token.ts'
import type { Key } from '../../aws/table/table.ts'

export const replicationSetKey: Key = { pk: 'account', sk: 'replication-set' }
export const planKey = (name: string): Key => ({ pk: `plan#${name}`, sk: 'plan' })
export const PLANS = 'plans'
/** `sk` of the policies of one plan. The token of the call that created it names it among the plans of that name. */
export const resourcePoliciesOf = (planToken: string): string => `policy#${planToken}#`
/** In the partition of the response plan that they share, so that they go with it. */
export const resourcePolicyKey = (plan: { readonly name: string; readonly token: string }, id: string): Key => ({
  pk: planKey(plan.name).pk,
  sk: resourcePoliciesOf(plan.token) + id,
})
/** `list`: so that they go with the account, too. */
export const RESOURCE_POLICIES = 'resource-policies'
export const incidentKey = (id: string): Key => ({ pk: `incident#${id}`, sk: 'record' })
export const INCIDENTS = 'incidents'
/** `list2`: those that are open. */
export const OPEN_INCIDENTS = 'open-incidents'
/** `list`: those that nobody sees any more, until they are forgotten. */
export const DELETED_INCIDENTS = 'deleted-incidents'
export const relatedItemsKey = (incidentId: string): Key => ({ pk: `incident#${incidentId}`, sk: 'related-items' })
export const timelineEventKey = (incidentId: string, eventId: string): Key => ({
  pk: `incident#${incidentId}`,
  sk: `event#${eventId}`,
})
/** `list`: the events of an incident by their time. */
export const timelineOf = (incidentId: string): string => `timeline#${incidentId}`
/** Holds the id of the incident that is open for a dedupe string, named before the incident exists. */
export const dedupeKey = (dedupeString: string): Key => ({ pk: `dedupe#${sha256(dedupeString)}`, sk: 'slot' })
/** Remembers the answer to a call with a client token, where no other item does. */
export const tokenKey = (operation: string, token: string): Key => ({
  pk: `token#${sha256(`${operation} ${token}`)}`,
  sk: 'token',
})

/** `list`: what only calls lead to, by a dedupe string or a token, so that it can go with the account. */
export const ONLY_CALLS = 'only-calls'
export const onlyCalls = (key: Key): Key & { listKey: string; listSort: string } => ({
  ...key,
  listKey: ONLY_CALLS,
  listSort: key.pk,
})

export const contactKey = (alias: string): Key => ({ pk: `contact#${alias}`, sk: 'contact' })
export const CONTACTS = 'contacts'
export const channelKey = (alias: string, id: string): Key => ({ pk: `contact#${alias}`, sk: `channel#${id}` })
/** Not in the contact's own partition: whoever pages a contact reads all of that, and a policy may be long. */
export const contactPolicyKey = (alias: string): Key => ({ pk: `contact-policy#${alias}`, sk: 'policy' })
export const rotationKey = (id: string): Key => ({ pk: `rotation#${id}`, sk: 'rotation' })
export const ROTATIONS = 'rotations'
/** In the rotation's partition, by their end (store/rotations.ts), so that one query reads the rotation and what counts. */
export const rotationOverrideKey = (rotationId: string, id: string): Key => ({
  pk: rotationKey(rotationId).pk,
  sk: `override#${id}`,
})
export const engagementKey = (id: string): Key => ({ pk: `engagement#${id}`, sk: 'engagement' })
/** `list`: all engagements by start; `list2`: those of an incident. */
export const ENGAGEMENTS = 'engagements'
export const engagementsOf = (incidentId: string): string => `engagements#${sha256(incidentId)}`
export const pageKey = (id: string): Key => ({ pk: `page#${id}`, sk: 'page' })
/** `list`: the pages of an engagement; `list2`: those of a contact. */
export const pagesOfEngagement = (engagementId: string): string => `pages#engagement#${engagementId}`
export const pagesOfContact = (alias: string): string => `pages#contact#${alias}`
/** One item per person who has acknowledged an incident: whoever is about to page them looks here. */
export const acknowledgementKey = (incidentId: string, contactArn: string): Key => ({
  pk: `acknowledgements#${sha256(incidentId)}`,
  sk: contactArn,
})
/** Not part of what the API keeps: deleting the replication set leaves them. */
export const accessKeyKey = (accessKeyId: string): Key => ({ pk: `access-key#${accessKeyId}`, sk: 'access-key' })
export const ACCESS_KEYS = 'access-keys'
