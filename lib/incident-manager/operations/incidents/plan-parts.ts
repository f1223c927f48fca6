// The parts of a response plan that create and update share: an empty value clears a part.
import { sha256 } from '../../../aws/token.ts'
import type { Change, Item } from '../../../aws/table/table.ts'
import type { Context } from '../../context.ts'
import { ValidationFailed } from '../../errors.ts'
import type { PlanParts } from '../../store/plans.ts'
import { encode } from '../../store/stored.ts'
import { bytesOf } from './related-items.ts'

/** What is to be set, and what cleared (api-facts: `displayName: ""`, `chatChannel: {empty:{}}`, `engagements: []` clear). */
export function partsChange(parts: Partial<PlanParts>): Required<Pick<Change, 'set' | 'remove'>> {
  const named = Object.entries(parts).filter(([, part]) => part !== undefined)
  const set = named.filter(([, part]) => !isEmpty(part)).map(([name, part]) => [name, encode(part)])
  return { set: Object.fromEntries(set), remove: named.filter(([, part]) => isEmpty(part)).map(([name]) => name) }
}

/** Each incident begins with what its plan says: that has to fit into one item of the table, beside all else. */
const MOST_BYTES = 150_000

/** ValidationFailed when the plan is larger than an incident could begin with, as the parameters of a runbook can be. */
export function requireModest(plan: Item): void {
  if (bytesOf(plan) > MOST_BYTES)
    throw new ValidationFailed(
      `A response plan can have at most ${MOST_BYTES} bytes, with the parameters of its runbook`,
    )
}

const isEmpty = (part: unknown): boolean => {
  if (part === '') return true
  if (typeof part !== 'object' || part === null) return false
  // The chat channel's `{empty: {}}`, not a tag that is called so.
  return ('empty' in part && typeof part.empty === 'object') || Object.keys(part).length === 0
}

/**
 * Says to each topic of a chat channel that was put on a plan that it is connected (api-facts: a test message is
 * published). A topic that refuses is not a reason to refuse the plan.
 */
export async function greetChatChannel(context: Context, planArn: string, parts: Partial<PlanParts>): Promise<void> {
  for (const topicArn of parts.chatChannel?.chatbotSns ?? []) {
    const now = context.clock.now()
    const message = {
      version: '0',
      id: sha256(`${planArn} ${topicArn} ${now.toISOString()}`),
      'detail-type': 'SSM Incident Manager Test Notification',
      source: 'aws.ssm-incidents',
      account: context.place.account,
      time: now.toISOString(),
      region: context.place.region,
      resources: [planArn],
      detail: { message: 'This chat channel is connected to a response plan' },
    }
    try {
      await context.delivery.publish(topicArn, message)
    } catch (error) {
      context.logger.warn('A chat channel refused its test message', { planArn, topicArn, error })
    }
  }
}

/**
 * ValidationFailed where the plan, or the incident, would tell the topic that alarms publish to of its incidents: what is told of them comes
 * back as if it were an alarm.
 */
export function requireOtherTopics({ alarmTopicArn }: Context, parts: Partial<PlanParts>): void {
  const { notificationTargets = [], chatChannel } = parts
  const topics = [...notificationTargets.map(({ snsTopicArn }) => snsTopicArn), ...(chatChannel?.chatbotSns ?? [])]
  if (alarmTopicArn === undefined || !topics.includes(alarmTopicArn)) return
  throw new ValidationFailed(
    `Invalid value provided - ${alarmTopicArn} is the topic that alarms publish to: a plan that notifies it would be told of its own incidents as of new alarms. Name another topic`,
  )
}
