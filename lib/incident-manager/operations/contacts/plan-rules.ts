// What a contact's plan may be: read from the API's shape into ours, and back.
import type { ContactType, Plan, Stage, Target } from '@aws-sdk/client-ssm-contacts'
import { QuotaExceeded, ValidationFailed } from '../../errors.ts'
import type { Table } from '../../../aws/table/table.ts'
import type { Contact, PlanStage, PlanTarget } from '../../store/contacts.ts'
import { existingRotations, rotationIdOf, rotationNotFound } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'

const MOST_STAGES = 10
const MOST_TARGETS = 10
/** User guide, "Creating an on-call schedule". */
const MOST_ROTATIONS = 8

/** Errors: ValidationFailed when the plan does not fit the type of contact, QuotaExceeded when it is too long. */
export function planOf(type: ContactType, plan: Plan): Pick<Contact, 'stages' | 'rotationArns'> {
  const { Stages: stages = [], RotationIds: rotationArns = [] } = plan
  if (type === 'ONCALL_SCHEDULE' && stages.length)
    throw new ValidationFailed('Invalid value provided - ONCALL SCHEDULE contact cannot have stages in plan')
  if (type !== 'ONCALL_SCHEDULE' && rotationArns.length)
    throw new ValidationFailed(`Invalid value provided - ${type} contact cannot have rotations in plan`)
  if (stages.length > MOST_STAGES) throw tooMany('stages in a plan', MOST_STAGES)
  if (rotationArns.length > MOST_ROTATIONS) throw tooMany('rotations in a schedule', MOST_ROTATIONS)
  for (const arn of rotationArns) rotationIdOf(arn)
  return { stages: stages.map(stageOf), rotationArns }
}

/** Errors: ResourceNotFound for a rotation that does not exist; with it nobody would ever be paged. */
export async function checkRotationsOf(table: Table, { rotationArns }: Pick<Contact, 'rotationArns'>): Promise<void> {
  const existing = await existingRotations(table, rotationArns)
  const missing = rotationArns.find((arn) => !existing.includes(arn))
  if (missing !== undefined) throw rotationNotFound(missing)
}

function stageOf({ DurationInMinutes, Targets }: Stage): PlanStage {
  const targets = given(Targets, 'targets')
  if (targets.length > MOST_TARGETS) throw tooMany('targets in a stage', MOST_TARGETS)
  return { durationMinutes: given(DurationInMinutes, 'durationInMinutes'), targets: targets.map(targetOf) }
}

function targetOf({ ChannelTargetInfo: channel, ContactTargetInfo: contact }: Target): PlanTarget {
  if (channel && !contact)
    return {
      kind: 'channel',
      channelArn: given(channel.ContactChannelId, 'contactChannelId'),
      retryMinutes: channel.RetryIntervalInMinutes,
    }
  if (contact && !channel)
    return {
      kind: 'contact',
      contactArn: contact.ContactId,
      essential: given(contact.IsEssential, 'isEssential'),
    }
  throw new ValidationFailed(
    'Invalid value provided - a target must have exactly one of ChannelTargetInfo and ContactTargetInfo',
  )
}

const tooMany = (what: string, most: number): QuotaExceeded =>
  new QuotaExceeded(`There can be at most ${most} ${what}`, what.replaceAll(' ', '-'))

/** The plan as the API shows it. */
export const planIn = ({ type, stages, rotationArns }: Contact): Plan =>
  type === 'ONCALL_SCHEDULE' ? { RotationIds: [...rotationArns] } : { Stages: stages.map(stageIn) }

const stageIn = ({ durationMinutes, targets }: PlanStage): Stage => ({
  DurationInMinutes: durationMinutes,
  Targets: targets.map(targetIn),
})

function targetIn(target: PlanTarget): Target {
  if (target.kind === 'contact')
    return { ContactTargetInfo: { ContactId: target.contactArn, IsEssential: target.essential } }
  return { ChannelTargetInfo: { ContactChannelId: target.channelArn, RetryIntervalInMinutes: target.retryMinutes } }
}
