// GetReplicationSet answers the state of the replication set and of each of its Regions.
import { GetReplicationSetCommand, ListReplicationSetsCommand } from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { absent, answered, expectRefusal } from '../fixtures.ts'

let account: Account
let arn = ''

beforeAll(async () => {
  account = await connect()
  arn = (await account.incidents.send(new ListReplicationSetsCommand({}))).replicationSetArns?.[0] ?? ''
}, 900_000)
afterAll(() => account.close(), 900_000)

const get = (of: string) => account.incidents.send(new GetReplicationSetCommand({ arn: of }))

describe('GetReplicationSet', () => {
  it('answers every member', async () => {
    const output = await get(arn)
    expect(answered(output)).toEqual({
      replicationSet: {
        arn,
        status: 'ACTIVE',
        regionMap: expect.any(Object),
        deletionProtected: expect.any(Boolean),
        createdTime: expect.any(Date),
        createdBy: expect.stringMatching(/^arn:/u),
        lastModifiedTime: expect.any(Date),
        lastModifiedBy: expect.stringMatching(/^arn:/u),
      },
    })
    for (const region of Object.values(output.replicationSet?.regionMap ?? {}))
      expect(region).toMatchObject({
        status: 'ACTIVE',
        sseKmsKeyId: expect.any(String),
        statusUpdateDateTime: expect.any(Date),
      })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('knows no other set, and takes nothing that is no ARN', async () => {
    const other = absent(arn)
    await expectRefusal(get(other), 'ResourceNotFoundException', 404, {
      resourceType: 'REPLICATION_SET',
      resourceIdentifier: other,
    })
    await expectRefusal(get('set'), 'ValidationException', 400, {
      message: expect.stringContaining(
        "Value 'set' at 'arn' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
      ),
    })
  })
})
