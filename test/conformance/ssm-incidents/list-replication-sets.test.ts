// ListReplicationSets answers the ARN of the account's replication set, or none.
import { CreateReplicationSetCommand, ListReplicationSetsCommand } from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, connectWithoutSet, onAws } from '../client.ts'
import { answered, expectPageRules } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

describe('ListReplicationSets', () => {
  it('answers one ARN', async () => {
    const output = await account.incidents.send(new ListReplicationSetsCommand({ maxResults: 100 }))
    expect(answered(output)).toEqual({
      replicationSetArns: [expect.stringMatching(/^arn:aws:ssm-incidents::\d{12}:replication-set\/.+$/u)],
    })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it.skipIf(onAws)('answers none in a new account (an account of AWS keeps its set)', async () => {
    const fresh = await connectWithoutSet()
    expect(answered(await fresh.incidents.send(new ListReplicationSetsCommand({})))).toEqual({ replicationSetArns: [] })
    const { arn } = await fresh.incidents.send(new CreateReplicationSetCommand({ regions: { 'us-east-1': {} } }))
    const { replicationSetArns } = await fresh.incidents.send(new ListReplicationSetsCommand({}))
    expect(replicationSetArns).toEqual([arn])
    await fresh.close()
  })

  it('takes pages of 1 to 100', () =>
    expectPageRules((page) => account.incidents.send(new ListReplicationSetsCommand(page))))
})
