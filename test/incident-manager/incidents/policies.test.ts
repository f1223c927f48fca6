// Policies that share response plans and contacts: what is one, how it is kept, and when it goes.
import { describe, expect, it } from 'vitest'
import { createContact } from '../../../lib/incident-manager/operations/contacts/create-contact.ts'
import { getContactPolicy } from '../../../lib/incident-manager/operations/contacts/get-contact-policy.ts'
import { putContactPolicy } from '../../../lib/incident-manager/operations/contacts/put-contact-policy.ts'
import { createResponsePlan } from '../../../lib/incident-manager/operations/incidents/create-response-plan.ts'
import { deleteReplicationSet } from '../../../lib/incident-manager/operations/incidents/delete-replication-set.ts'
import { deleteResponsePlan } from '../../../lib/incident-manager/operations/incidents/delete-response-plan.ts'
import { getResourcePolicies } from '../../../lib/incident-manager/operations/incidents/get-resource-policies.ts'
import { listReplicationSets } from '../../../lib/incident-manager/operations/incidents/list-replication-sets.ts'
import { putResourcePolicy } from '../../../lib/incident-manager/operations/incidents/put-resource-policy.ts'
import { checkPolicy } from '../../../lib/incident-manager/operations/policy-rules.ts'
import { PLAN, worldWithPlan } from './world.ts'

const statement = { Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: 'ssm-incidents:*', Resource: PLAN }
const policyOf = (Statement: unknown, Version: unknown = '2012-10-17'): string => JSON.stringify({ Version, Statement })
const POLICY = policyOf([statement])

describe('A policy', () => {
  it.each([
    ['of one statement', policyOf(statement)],
    ['of several', policyOf([statement, { ...statement, Effect: 'Deny' }])],
    ['of the older version', policyOf(statement, '2008-10-17')],
    [
      'that excepts somebody, something and some actions',
      policyOf({ Effect: 'Deny', NotPrincipal: '*', NotAction: '*', NotResource: '*' }),
    ],
  ])('%s is taken', (_, text) => {
    expect(() => checkPolicy(text)).not.toThrow()
  })

  it.each([
    ['{"Version":', 'it is not JSON'],
    ['[]', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
    ['{}', 'its Version must be'],
    [policyOf(statement, '2012-10-18'), 'its Version must be'],
    [policyOf([]), 'it has no Statement'],
    [policyOf(undefined), 'its Statement must be an object'],
    [policyOf(['Allow']), 'its Statement must be an object'],
    [policyOf({ ...statement, Effect: 'allow' }), 'the Effect of a statement must be Allow or Deny'],
    [policyOf([statement, { ...statement, Principal: undefined }]), 'a statement has no Principal'],
    [policyOf({ ...statement, Action: undefined }), 'a statement has no Action'],
    [policyOf({ ...statement, Resource: undefined }), 'a statement has no Resource'],
  ])('%s is refused: %s', (text, problem) => {
    expect(() => checkPolicy(text)).toThrow(`the policy is not valid: ${problem}`)
  })
})

describe('The policies of a response plan', () => {
  it('are kept to the letter, and putting one again adds none', async () => {
    const w = await worldWithPlan()
    const spaced = ` ${POLICY}\n`
    const first = await putResourcePolicy({ resourceArn: PLAN, policy: spaced }, w.context)
    expect(await putResourcePolicy({ resourceArn: PLAN, policy: spaced }, w.context)).toEqual(first)
    expect(await getResourcePolicies({ resourceArn: PLAN }, w.context)).toEqual({
      resourcePolicies: [{ ...first, policyDocument: spaced, ramResourceShareRegion: 'us-east-1' }],
    })
  })

  it('go with it: a new plan of the same name is not shared', async () => {
    const w = await worldWithPlan()
    await putResourcePolicy({ resourceArn: PLAN, policy: POLICY }, w.context)
    await deleteResponsePlan({ arn: PLAN }, w.context)
    await createResponsePlan({ name: 'payments', incidentTemplate: { title: 'New', impact: 1 } }, w.context)
    expect(await getResourcePolicies({ resourceArn: PLAN }, w.context)).toEqual({ resourcePolicies: [] })
  })
})

describe('The policy of a contact', () => {
  it('may be as long as an item holds', async () => {
    const w = await worldWithPlan()
    const { ContactArn } = await createContact({ Alias: 'ana', Type: 'PERSONAL', Plan: {} }, w.context)
    const longest = POLICY.padEnd(395_000)
    await putContactPolicy({ ContactArn, Policy: longest }, w.context)
    expect(await getContactPolicy({ ContactArn }, w.context)).toEqual({ ContactArn, Policy: longest })
    const wide = policyOf({ ...statement, Sid: 'ü'.repeat(200_000) })
    await expect(putContactPolicy({ ContactArn, Policy: wide }, w.context)).rejects.toThrow('more than 395000 bytes')
  })
})

it('Deleting the replication set takes every policy with it', async () => {
  const w = await worldWithPlan()
  const { ContactArn } = await createContact({ Alias: 'ana', Type: 'PERSONAL', Plan: {} }, w.context)
  await putContactPolicy({ ContactArn, Policy: POLICY }, w.context)
  await putResourcePolicy({ resourceArn: PLAN, policy: POLICY }, w.context)
  const { replicationSetArns: [arn] = [] } = await listReplicationSets({}, w.context)
  await deleteReplicationSet({ arn }, w.context)
  expect((await w.items()).filter(({ pk }) => !pk.startsWith('token#'))).toEqual([])
})
