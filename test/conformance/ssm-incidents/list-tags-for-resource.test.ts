// ListTagsForResource answers all tags of a resource.
import { ListReplicationSetsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, newIncident, newPlan } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (resourceArn: string) => account.incidents.send(new ListTagsForResourceCommand({ resourceArn }))

describe('ListTagsForResource', () => {
  it('answers an empty map where there are none', async () => {
    const output = await list(await newPlan(account))
    expect(answered(output)).toEqual({ tags: {} })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('answers the tags that a response plan was created with', async () => {
    const tags = { team: 'payments', 'a:b/c@d': '' }
    expect(answered(await list(await newPlan(account, { tags })))).toEqual({ tags })
  })

  it('answers the tags that the plan gives its incidents', async () => {
    const incidentTags = { tier: '1', empty: 'no' }
    const plan = await newPlan(account, { incidentTemplate: { title: 'Tagged', impact: 5, incidentTags } })
    expect(answered(await list(await newIncident(account, plan)))).toEqual({ tags: incidentTags })
  })

  it('answers those of the replication set', async () => {
    const { replicationSetArns: [set = ''] = [] } = await account.incidents.send(new ListReplicationSetsCommand({}))
    expect(answered(await list(set))).toEqual({ tags: expect.any(Object) })
  })

  it('knows nothing that does not exist', async () => {
    for (const arn of [await newPlan(account), await newIncident(account)].map(absent))
      await expectRefusal(list(arn), 'ResourceNotFoundException', 404, { resourceIdentifier: arn })
  })
})
