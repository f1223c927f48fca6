// UpdateDeletionProtection decides whether the replication set may be deleted.
import {
  DeleteReplicationSetCommand,
  GetReplicationSetCommand,
  ListReplicationSetsCommand,
  UpdateDeletionProtectionCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation } from '../fixtures.ts'

let account: Account
let arn = ''

beforeAll(async () => {
  account = await connect()
  arn = (await account.incidents.send(new ListReplicationSetsCommand({}))).replicationSetArns?.[0] ?? ''
  const before = await isProtected()
  account.afterwards(() => update(before))
}, 900_000)
afterAll(() => account.close(), 900_000)

const update = (deletionProtected: boolean, clientToken = newName('token')) =>
  account.incidents.send(new UpdateDeletionProtectionCommand({ arn, deletionProtected, clientToken }))
const isProtected = async (): Promise<boolean> =>
  (await account.incidents.send(new GetReplicationSetCommand({ arn }))).replicationSet?.deletionProtected ?? false

describe('UpdateDeletionProtection', () => {
  it('protects the set: it cannot be deleted before the protection is off again', async () => {
    const output = await update(true)
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(204)
    expect(await isProtected()).toBe(true)
    await expectRefusal(account.incidents.send(new DeleteReplicationSetCommand({ arn })), 'ValidationException', 400)
    await update(false)
    expect(await isProtected()).toBe(false)
  })

  it('does not do again what a repeated call has done before', async () => {
    const token = newName('token')
    await update(true, token)
    await update(false)
    await update(true, token)
    expect(await isProtected()).toBe(false)
    await expectRefusal(update(false, token), 'ConflictException', 409, { resourceIdentifier: arn })
  })

  it('must be told which', async () => {
    await expectViolation(
      account.incidents.send(new UpdateDeletionProtectionCommand({ arn, deletionProtected: undefined })),
      [{ value: 'null', at: 'deletionProtected', must: 'not be null' }],
    )
  })

  it('knows no other replication set', async () => {
    const other = absent(arn)
    await expectRefusal(
      account.incidents.send(new UpdateDeletionProtectionCommand({ arn: other, deletionProtected: true })),
      'ResourceNotFoundException',
      404,
      { resourceType: 'REPLICATION_SET', resourceIdentifier: other },
    )
  })
})
