// What each role may call, and how AWS says that somebody may not.
import { parseArn } from '../../aws/arn.ts'
import { AccessDenied } from '../errors.ts'
import type { Model } from '../model/model.ts'
import type { Role } from '../store/access-keys.ts'

/** A role of an issued key, or that of the automation's own. */
export type CallerRole = Role | 'automation'

export interface Caller {
  readonly arn: string
  readonly role: CallerRole
}

const READS = /^(?:Get|List|Describe|BatchGet)/u

/**
 * What somebody on call does besides looking: opens, works and resolves incidents, engages and stops, acknowledges, swaps
 * a shift, and activates their own channels with the code that was sent to them. Where pages go (contacts, channels,
 * rotations, plans) is set up by admins, and so is everything that deletes an incident.
 */
const RESPONDS = new Set([
  'StartIncident',
  'UpdateIncidentRecord',
  'UpdateRelatedItems',
  'CreateTimelineEvent',
  'UpdateTimelineEvent',
  'DeleteTimelineEvent',
  'StartEngagement',
  'StopEngagement',
  'AcceptPage',
  'SendActivationCode',
  'ActivateContactChannel',
  'CreateRotationOverride',
  'DeleteRotationOverride',
])

/** Exactly what lib/automation/execute calls (test/packaging/least-privilege.test.ts sees what that is). */
const AUTOMATES = new Set([
  'StartIncident',
  'CreateTimelineEvent',
  'GetIncidentRecord',
  'UpdateIncidentRecord',
  'ListIncidentRecords',
  'UpdateRelatedItems',
  'GetResponsePlan',
  'GetContact',
  'ListTimelineEvents',
  'GetTimelineEvent',
  'ListEngagements',
  'ListPagesByEngagement',
  'StartEngagement',
  'StopEngagement',
  'AcceptPage',
  'ListContacts',
  'ListContactChannels',
  'ListPagesByContact',
])

export function mayCall(role: CallerRole, operation: string): boolean {
  switch (role) {
    case 'admin':
      return true
    case 'responder':
      return READS.test(operation) || RESPONDS.has(operation)
    case 'reader':
      return READS.test(operation)
    case 'automation':
      return AUTOMATES.has(operation)
  }
}

/** Throws AccessDenied, in IAM's words, when `caller` may not call `operation` of `service` with `input`. */
export function requireRole(caller: Caller, service: Model['service'], operation: string, input: unknown): void {
  if (mayCall(caller.role, operation) && (caller.role === 'admin' || !setsTargets(operation, input))) return
  const action = `${service}:${operation}`
  throw new AccessDenied(
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resourceOf(input)} because no identity-based policy allows the ${action} action`,
  )
}

/** Which topics hear of an incident is set up by admins, as where pages go is. */
const setsTargets = (operation: string, input: unknown): boolean =>
  operation === 'UpdateIncidentRecord' &&
  typeof input === 'object' &&
  input !== null &&
  ('notificationTargets' in input || 'chatChannel' in input)

const LONGEST_ARN = 2048

/** The first ARN that the input names, which is that of what it is about; it has not been validated yet. */
function resourceOf(input: unknown): string {
  const values: readonly unknown[] = typeof input === 'object' && input !== null ? Object.values(input) : []
  const isArn = (value: unknown): value is string =>
    typeof value === 'string' && value.length <= LONGEST_ARN && parseArn(value) !== undefined
  return values.find(isArn) ?? '*'
}
