// UpdateReplicationSet adds and deletes one Region at a time.
import {
  CreateReplicationSetCommand,
  DeleteReplicationSetCommand,
  GetReplicationSetCommand,
  ListReplicationSetsCommand,
  UpdateReplicationSetCommand,
  waitUntilWaitForReplicationSetActive,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connectWithoutSet, newName } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation } from '../fixtures.ts'

const SLOW = 900_000
let account: Account
let arn = ''
let home = ''
/** The tests delete and add Regions: they need a set of their own. An account that has one already keeps it. */
let taken = false
const others = ['us-east-1', 'us-east-2', 'us-west-2', 'eu-west-1']

beforeAll(async () => {
  account = await connectWithoutSet()
  const { incidents } = account
  home = await incidents.config.region()
  const { replicationSetArns: [existing] = [] } = await incidents.send(new ListReplicationSetsCommand({}))
  taken = existing !== undefined
  arn = existing ?? (await created())
}, SLOW)
afterAll(() => account.close(), SLOW)

async function created(): Promise<string> {
  const { incidents } = account
  const { arn: made = '' } = await incidents.send(new CreateReplicationSetCommand({ regions: { [home]: {} } }))
  account.afterwards(() => incidents.send(new DeleteReplicationSetCommand({ arn: made })))
  await active(made)
  return made
}

const active = (of: string) =>
  waitUntilWaitForReplicationSetActive({ client: account.incidents, maxWaitTime: 600 }, { arn: of })

const add = (regionName: string, clientToken = newName('token'), sseKmsKeyId?: string) =>
  account.incidents.send(
    new UpdateReplicationSetCommand({ arn, clientToken, actions: [{ addRegionAction: { regionName, sseKmsKeyId } }] }),
  )
const remove = (regionName: string) =>
  account.incidents.send(new UpdateReplicationSetCommand({ arn, actions: [{ deleteRegionAction: { regionName } }] }))
const got = async () => (await account.incidents.send(new GetReplicationSetCommand({ arn }))).replicationSet

describe('UpdateReplicationSet', () => {
  it(
    'adds a Region, which has the default key when none is given, and deletes it again',
    async (test) => {
      test.skip(taken, 'the account has a replication set that is not the test’s to change')
      const [region = ''] = others.filter((name) => name !== home)
      const before = await got()
      const output = await add(region)
      expect(answered(output)).toEqual({})
      expect(output.$metadata.httpStatusCode).toBe(204)
      await active(arn)
      const after = await got()
      expect(after?.regionMap?.[region]).toEqual({
        sseKmsKeyId: 'DefaultKey',
        status: 'ACTIVE',
        statusUpdateDateTime: expect.any(Date),
      })
      expect(Object.keys(after?.regionMap ?? {}).toSorted()).toEqual([home, region].toSorted())
      expect(after).toMatchObject({ createdTime: before?.createdTime, lastModifiedBy: expect.stringMatching(/^arn:/u) })
      expect(after?.lastModifiedTime?.getTime()).toBeGreaterThanOrEqual(before?.lastModifiedTime?.getTime() ?? 0)
      await remove(region)
      await active(arn)
      expect(Object.keys((await got())?.regionMap ?? {})).toEqual([home])
    },
    SLOW,
  )

  it(
    'answers a repeated call as the first, and refuses its token for another change',
    async (test) => {
      test.skip(taken, 'the account has a replication set that is not the test’s to change')
      const [region = '', other = ''] = others.filter((name) => name !== home)
      const token = newName('token')
      await add(region, token)
      expect(answered(await add(region, token))).toEqual({})
      await active(arn)
      await expectRefusal(add(other, token), 'ConflictException', 409, {
        resourceType: 'REPLICATION_SET',
        resourceIdentifier: arn,
      })
      await remove(region)
      await active(arn)
    },
    SLOW,
  )

  it(
    'takes three Regions at most, each once',
    async (test) => {
      test.skip(taken, 'the account has a replication set that is not the test’s to change')
      const [second = '', third = '', fourth = ''] = others.filter((name) => name !== home)
      for (const region of [second, third]) {
        await add(region)
        await active(arn)
      }
      await expectRefusal(add(fourth), 'ValidationException', 400)
      await expectRefusal(add(second), 'ValidationException', 400)
      for (const region of [second, third]) {
        await remove(region)
        await active(arn)
      }
    },
    SLOW,
  )

  it('deletes neither a Region that the set does not have nor its last one', async (test) => {
    test.skip(taken, 'the account has a replication set that is not the test’s to change')
    const [other = ''] = others.filter((name) => name !== home)
    await expectRefusal(remove(other), 'ValidationException', 400)
    await expectRefusal(remove(home), 'ValidationException', 400)
  })

  it('takes exactly one action', async () => {
    const actions = [{ deleteRegionAction: { regionName: home } }, { addRegionAction: { regionName: home } }]
    await expectViolation(account.incidents.send(new UpdateReplicationSetCommand({ arn, actions: [] })), [
      { value: "'[]'", at: 'actions', must: 'have length greater than or equal to 1' },
    ])
    await expectRefusal(
      account.incidents.send(new UpdateReplicationSetCommand({ arn, actions })),
      'ValidationException',
      400,
    )
  })

  it('knows no other replication set', async () => {
    const other = absent(arn)
    const actions = [{ addRegionAction: { regionName: home } }]
    await expectRefusal(
      account.incidents.send(new UpdateReplicationSetCommand({ arn: other, actions })),
      'ResourceNotFoundException',
      404,
      { resourceType: 'REPLICATION_SET', resourceIdentifier: other },
    )
  })
})
