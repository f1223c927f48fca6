// DeleteReplicationSet turns the incident manager off and deletes all that it holds.
import {
  CreateReplicationSetCommand,
  DeleteReplicationSetCommand,
  GetReplicationSetCommand,
  ListReplicationSetsCommand,
  ListResponsePlansCommand,
  waitUntilWaitForReplicationSetActive,
  waitUntilWaitForReplicationSetDeleted,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connectWithoutSet } from '../client.ts'
import { absent, answered, expectRefusal, newPlan } from '../fixtures.ts'

const SLOW = 1_800_000
let account: Account

beforeAll(async () => {
  account = await connectWithoutSet()
}, SLOW)
afterAll(() => account.close(), SLOW)

const remove = (arn: string) => account.incidents.send(new DeleteReplicationSetCommand({ arn }))

describe('DeleteReplicationSet', () => {
  it(
    'deletes the set with its response plans: afterwards there is no such set',
    async (test) => {
      const { incidents } = account
      const { replicationSetArns } = await incidents.send(new ListReplicationSetsCommand({}))
      test.skip(!!replicationSetArns?.length, 'the account has a replication set that must not be deleted')
      const waiter = { client: incidents, maxWaitTime: 900 }
      const regions = { [await incidents.config.region()]: {} }
      const { arn = '' } = await incidents.send(new CreateReplicationSetCommand({ regions }))
      await waitUntilWaitForReplicationSetActive(waiter, { arn })
      await newPlan({ ...account, afterwards: () => undefined })
      const output = await remove(arn)
      expect(answered(output)).toEqual({})
      expect(output.$metadata.httpStatusCode).toBe(204)
      await waitUntilWaitForReplicationSetDeleted(waiter, { arn })
      await expectRefusal(incidents.send(new GetReplicationSetCommand({ arn })), 'ResourceNotFoundException', 404)
      await expectRefusal(remove(arn), 'ResourceNotFoundException', 404, { resourceType: 'REPLICATION_SET' })
      const { arn: next } = await incidents.send(new CreateReplicationSetCommand({ regions }))
      account.afterwards(() => remove(next ?? ''))
      await waitUntilWaitForReplicationSetActive(waiter, { arn: next })
      expect(answered(await incidents.send(new ListResponsePlansCommand({})))).toEqual({ responsePlanSummaries: [] })
    },
    SLOW,
  )

  it('knows no other set', async () => {
    const other = absent('arn:aws:ssm-incidents::111122223333:replication-set/')
    await expectRefusal(remove(other), 'ResourceNotFoundException', 404, {
      resourceType: 'REPLICATION_SET',
      resourceIdentifier: other,
    })
  })
})
