// CreateReplicationSet turns the incident manager on; an account has one replication set.
import {
  CreateReplicationSetCommand,
  DeleteReplicationSetCommand,
  GetReplicationSetCommand,
  ListReplicationSetsCommand,
  ListTagsForResourceCommand,
  waitUntilWaitForReplicationSetActive,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connectWithoutSet, newName } from '../client.ts'
import { answered, expectRefusal, expectViolation } from '../fixtures.ts'

const SLOW = 900_000
let account: Account
let home = ''

beforeAll(async () => {
  account = await connectWithoutSet()
  home = await account.incidents.config.region()
}, SLOW)
afterAll(() => account.close(), SLOW)

const create = (regions: Record<string, object>, clientToken = newName('token'), tags?: Record<string, string>) =>
  account.incidents.send(new CreateReplicationSetCommand({ regions, clientToken, tags }))

describe('CreateReplicationSet', () => {
  it(
    'makes a set that becomes ACTIVE; the same call again answers the same',
    async (test) => {
      const { incidents, afterwards } = account
      const { replicationSetArns } = await incidents.send(new ListReplicationSetsCommand({}))
      test.skip(!!replicationSetArns?.length, 'the account has a replication set already')
      const token = newName('token')
      const output = await create({ [home]: {} }, token, { team: 'conformance' })
      const { arn = '' } = output
      afterwards(() => incidents.send(new DeleteReplicationSetCommand({ arn })))
      expect(answered(output)).toEqual({
        arn: expect.stringMatching(/^arn:aws:ssm-incidents::\d{12}:replication-set\/.+$/u),
      })
      expect(output.$metadata.httpStatusCode).toBe(201)
      await waitUntilWaitForReplicationSetActive({ client: incidents, maxWaitTime: 600 }, { arn })
      expect(answered(await create({ [home]: {} }, token, { team: 'conformance' }))).toEqual({ arn })
      await expectRefusal(create({ [home]: {}, 'us-west-2': {} }, token), 'ConflictException', 409)
      const { replicationSet } = await incidents.send(new GetReplicationSetCommand({ arn }))
      expect(replicationSet).toMatchObject({ status: 'ACTIVE', deletionProtected: false })
      const { tags } = await incidents.send(new ListTagsForResourceCommand({ resourceArn: arn }))
      expect(tags).toEqual({ team: 'conformance' })
    },
    SLOW,
  )

  it('refuses a second set', async () => {
    const { replicationSetArns = [] } = await account.incidents.send(new ListReplicationSetsCommand({}))
    await expectRefusal(create({ [home]: {} }), 'ServiceQuotaExceededException', 402, {
      message: expect.any(String),
      quotaCode: expect.any(String),
      serviceCode: 'ssm-incidents',
      resourceType: 'REPLICATION_SET',
      resourceIdentifier: replicationSetArns[0],
    })
  })

  it('takes one to three Regions', async () => {
    await expectViolation(create({}), [
      { value: "'{}'", at: 'regions', must: 'have length greater than or equal to 1' },
    ])
    const four = { 'us-east-1': {}, 'us-east-2': {}, 'us-west-1': {}, 'us-west-2': {} }
    await expectViolation(create(four), [
      {
        value: "'{us-east-1={}, us-east-2={}, us-west-1={}, us-west-2={}}'",
        at: 'regions',
        must: 'have length less than or equal to 3',
      },
    ])
  })
})
