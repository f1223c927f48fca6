// UntagResource removes tags by their keys.
import { ListTagsForResourceCommand, UntagResourceCommand } from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal, newPlan } from '../fixtures.ts'

let account: Account
let plan = ''

beforeAll(async () => {
  account = await connect()
  plan = await newPlan(account, { tags: { team: 'payments', 'cost centre': '1+1', tier: '1' } })
}, 900_000)
afterAll(() => account.close(), 900_000)

const untag = (tagKeys: string[], resourceArn = plan) =>
  account.incidents.send(new UntagResourceCommand({ resourceArn, tagKeys }))

describe('UntagResource', () => {
  it('removes each key that is named, and does nothing about one that is not there', async () => {
    const output = await untag(['cost centre', 'tier', 'absent'])
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(204)
    const { tags } = await account.incidents.send(new ListTagsForResourceCommand({ resourceArn: plan }))
    expect(tags).toEqual({ team: 'payments' })
    await untag(['tier'])
  })

  it('refuses a key that no tag can have', () => expectRefusal(untag(['aws:team']), 'ValidationException', 400))

  it('knows nothing that does not exist', async () => {
    const other = absent(plan)
    await expectRefusal(untag(['team'], other), 'ResourceNotFoundException', 404, { resourceIdentifier: other })
  })
})
