// TagResource adds tags to response plans, incidents and the replication set.
import {
  GetResponsePlanCommand,
  ListReplicationSetsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newIncident, newPlan } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const tag = (resourceArn: string, tags: Record<string, string>) =>
  account.incidents.send(new TagResourceCommand({ resourceArn, tags }))
const tagsOf = async (resourceArn: string) =>
  (await account.incidents.send(new ListTagsForResourceCommand({ resourceArn }))).tags

describe('TagResource', () => {
  it('adds to the tags of a response plan, and replaces the value of a key that is there', async () => {
    const plan = await newPlan(account, { tags: { team: 'payments', tier: '1' } })
    const output = await tag(plan, { tier: '2', 'cost centre': 'eu/west-1' })
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(204)
    expect(await tagsOf(plan)).toEqual({ team: 'payments', tier: '2', 'cost centre': 'eu/west-1' })
    expect(answered(await account.incidents.send(new GetResponsePlanCommand({ arn: plan })))).not.toHaveProperty('tags')
  })

  it('tags an incident, and the replication set', async () => {
    const { replicationSetArns = [] } = await account.incidents.send(new ListReplicationSetsCommand({}))
    for (const arn of [await newIncident(account), ...replicationSetArns]) {
      await tag(arn, { conformance: '' })
      expect(await tagsOf(arn)).toMatchObject({ conformance: '' })
      await account.incidents.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['conformance'] }))
    }
  })

  it('takes a tag called constructor', async () => {
    const plan = await newPlan(account)
    await tag(plan, { constructor: 'yes', toString: 'yes' })
    expect(await tagsOf(plan)).toEqual({ constructor: 'yes', toString: 'yes' })
  })

  it('loses none of several calls at once', async () => {
    const plan = await newPlan(account)
    await Promise.all(['a', 'b', 'c', 'd'].map((key) => tag(plan, { [key]: key })))
    expect(await tagsOf(plan)).toEqual({ a: 'a', b: 'b', c: 'c', d: 'd' })
  })

  it('allows a resource 50 tags', async () => {
    const plan = await newPlan(account)
    await tag(plan, Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key${index}`, 'value'])))
    await tag(plan, { key7: 'another value' })
    await expectRefusal(tag(plan, { key50: 'value' }), 'ServiceQuotaExceededException', 402, {
      resourceIdentifier: plan,
      serviceCode: 'ssm-incidents',
      quotaCode: expect.any(String),
    })
  })

  it('refuses none, keys that begin with aws:, and what is too long', async () => {
    const plan = await newPlan(account)
    await expectViolation(tag(plan, {}), [
      { value: "'{}'", at: 'tags', must: 'have length greater than or equal to 1' },
    ])
    const refused: Record<string, string>[] = [
      { 'aws:team': 'a' },
      { ['k'.repeat(129)]: 'a' },
      { k: 'v'.repeat(257) },
      { schlüssel: 'a' },
    ]
    for (const tags of refused) await expectRefusal(tag(plan, tags), 'ValidationException', 400)
    expect(await tagsOf(plan)).toEqual({})
  })

  it('knows nothing that does not exist', async () => {
    const { replicationSetArns: [set = ''] = [] } = await account.incidents.send(new ListReplicationSetsCommand({}))
    for (const arn of [await newPlan(account), await newIncident(account), set].map(absent))
      await expectRefusal(tag(arn, { team: 'a' }), 'ResourceNotFoundException', 404, { resourceIdentifier: arn })
  })
})
