// The response plan: what it says, where it lives, and how an ARN leads to it.
import type { Action, ChatChannel, Integration, NotificationTargetItem } from '@aws-sdk/client-ssm-incidents'
import { incidentsArn, parseArn, type Place } from '../../aws/arn.ts'
import type { Item, Table } from '../../aws/table/table.ts'
import { ResourceNotFound } from '../errors.ts'
import { planKey, PLANS } from './keys.ts'
import { decode, encodeItem } from './stored.ts'

/** The parts that can be set and cleared, one attribute each, so that updates of different parts commute. */
export interface PlanParts {
  readonly displayName?: string | undefined
  readonly title: string
  readonly impact: number
  readonly summary?: string | undefined
  readonly dedupeString?: string | undefined
  readonly notificationTargets?: NotificationTargetItem[] | undefined
  readonly incidentTags?: Record<string, string> | undefined
  readonly chatChannel?: ChatChannel | undefined
  readonly engagements?: string[] | undefined
  readonly actions?: Action[] | undefined
  readonly integrations?: Integration[] | undefined
}

export interface Plan extends PlanParts {
  readonly name: string
  readonly arn: string
  readonly tags?: Record<string, string> | undefined
  /** Hashes of the client token and of the parameters of the call that created it. */
  readonly token: string
  readonly parameters: string
}

export const planArn = (place: Place, name: string): string => incidentsArn(place, `response-plan/${name}`)

/** The plan's name; both spellings of AWS are taken (api-facts, ARNs). Undefined when the ARN names no plan of this account. */
export function planNameOf(place: Place, arn: string): string | undefined {
  const parsed = parseArn(arn)
  if (parsed?.service !== 'ssm-incidents' || parsed.account !== place.account) return undefined
  return /^response-?plan\/([\w-]{1,200})$/u.exec(parsed.resource)?.[1]
}

export const planItem = (plan: Plan): Item => ({
  ...encodeItem(planKey(plan.name), plan),
  listKey: PLANS,
  listSort: plan.name,
})

export const readPlan = (item: Item): Plan => decode<Plan>(item, [])

export const planNotFound = (arn: string): ResourceNotFound =>
  new ResourceNotFound(`Response plan not found: ${arn}`, { type: 'RESPONSE_PLAN', id: arn })

/** The item of the plan, or ResourceNotFound. */
export async function getPlan(table: Table, place: Place, arn: string): Promise<Item> {
  const name = planNameOf(place, arn)
  const item = name === undefined ? undefined : await table.get(planKey(name))
  if (!item) throw planNotFound(arn)
  return item
}
