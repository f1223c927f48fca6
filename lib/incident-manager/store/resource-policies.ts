// Policies that share a response plan with others: kept beside the plan, each under an id that derives from what it says.
import { sha256 } from '../../aws/token.ts'
import type { Item } from '../../aws/table/table.ts'
import { ResourceNotFound } from '../errors.ts'
import { RESOURCE_POLICIES, resourcePolicyKey } from './keys.ts'
import type { Plan } from './plans.ts'
import { decode, encodeItem } from './stored.ts'

export interface StoredPolicy {
  /** 32 hexadecimal digits. */
  readonly policyId: string
  readonly policyDocument: string
}

/** The same policy put again is the same policy: a client that repeats a call whose answer was lost adds none. */
export const storedPolicy = (policyDocument: string): StoredPolicy => ({
  policyId: sha256(policyDocument).slice(0, 32),
  policyDocument,
})

export const isPolicyId = (text: string): boolean => /^[0-9a-f]{32}$/u.test(text)

export function resourcePolicyItem(plan: Plan, policy: StoredPolicy): Item {
  const key = resourcePolicyKey(plan, policy.policyId)
  return { ...encodeItem(key, policy), listKey: RESOURCE_POLICIES, listSort: `${key.pk} ${key.sk}` }
}

export const readResourcePolicy = (item: Item): StoredPolicy => decode<StoredPolicy>(item, [])

export const resourcePolicyNotFound = (policyId: string): ResourceNotFound =>
  new ResourceNotFound(`Resource policy not found: ${policyId}`, { type: 'RESOURCE_POLICY', id: policyId })
