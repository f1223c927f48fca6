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
import type { Table } from '../../../lib/aws/table/table.ts'
import { PLAN, type World, worldWithPlan } from './world.ts'

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

/** Puts `policy` on the plan; `meanwhile` happens just before, or just after, it is written. */
async function putWhile(w: World, when: 'before' | 'after', meanwhile: () => Promise<unknown>) {
  const { table } = w.context
  const hooked: Table = {
    ...table,
    async put(item, condition) {
      if (when === 'before') await meanwhile()
      await table.put(item, condition)
      if (when === 'after') await meanwhile()
    },
  }
  return putResourcePolicy({ resourceArn: PLAN, policy: POLICY }, { ...w.context, table: hooked })
}

describe('A response plan that is deleted while a policy is put on it', () => {
  const remove = (w: World) => deleteResponsePlan({ arn: PLAN }, w.context)
  const createAnew = (w: World, clientToken: string) =>
    createResponsePlan({ clientToken, name: 'payments', incidentTemplate: { title: 'New', impact: 1 } }, w.context)
  const policies = (w: World) => getResourcePolicies({ resourceArn: PLAN }, w.context)
  const notFound = { name: 'ResourceNotFoundException', resource: { type: 'RESPONSE_PLAN', id: PLAN } }

  it.each(['before', 'after'] as const)('has none afterwards: %s it is written', async (when) => {
    const w = await worldWithPlan()
    await expect(putWhile(w, when, () => remove(w))).rejects.toMatchObject(notFound)
    expect((await w.items()).map(({ sk }) => sk)).toEqual(['replication-set', 'token'])
  })

  it.each(['before', 'after'] as const)('and created anew has none: %s it is written', async (when) => {
    const w = await worldWithPlan()
    const meanwhile = () => remove(w).then(() => createAnew(w, 'anew'))
    await expect(putWhile(w, when, meanwhile)).rejects.toMatchObject(notFound)
    expect(await policies(w)).toEqual({ resourcePolicies: [] })
  })

  it('has none when the call that put it died before it looked, and deleting it again leaves nothing', async () => {
    const w = await worldWithPlan()
    const dies = () => remove(w).then(() => w.breakAfter(1))
    await expect(putWhile(w, 'before', dies)).rejects.toThrow('has died')
    w.repair()
    await createAnew(w, 'anew')
    expect(await policies(w)).toEqual({ resourcePolicies: [] })
    await putResourcePolicy({ resourceArn: PLAN, policy: POLICY }, w.context)
    expect((await policies(w)).resourcePolicies).toHaveLength(1)
    await remove(w)
    await remove(w)
    expect((await w.items()).map(({ sk }) => sk)).toEqual(['replication-set', 'token', 'token'])
  })

  it('and whose deletion died is rid of them when it is deleted again', async () => {
    const w = await worldWithPlan()
    await putResourcePolicy({ resourceArn: PLAN, policy: POLICY }, w.context)
    w.breakAfter(1)
    await expect(remove(w)).rejects.toThrow('has died')
    w.repair()
    await remove(w)
    expect((await w.items()).map(({ sk }) => sk)).toEqual(['replication-set', 'token'])
  })

  it('keeps those that a plan of its name has got before the deletion came to its end', async () => {
    const w = await worldWithPlan()
    await putResourcePolicy({ resourceArn: PLAN, policy: POLICY }, w.context)
    const { table } = w.context
    const slow: Table = {
      ...table,
      async query(query) {
        await createAnew(w, 'anew')
        await putResourcePolicy({ resourceArn: PLAN, policy: POLICY }, w.context)
        return table.query(query)
      },
    }
    await deleteResponsePlan({ arn: PLAN }, { ...w.context, table: slow })
    expect((await policies(w)).resourcePolicies).toHaveLength(1)
    expect((await w.items()).filter(({ sk }) => sk.startsWith('policy#'))).toHaveLength(1)
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
