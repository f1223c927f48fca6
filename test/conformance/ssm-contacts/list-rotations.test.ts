// ListRotations: by name, all or those whose name begins with something.
import {
  ListRotationsCommand,
  type ListRotationsCommandInput,
  paginateListRotations,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, connectWithoutSet, newName, onAws } from '../client.ts'
import { expectRefusal, newContact } from '../fixtures.ts'
import { DAILY, newRotation, nine } from '../rotations.ts'

let account: Account
let person = ''
const prefix = newName('list')

beforeAll(async () => {
  account = await connect()
  person = await newContact(account)
  for (const name of ['c', 'a', 'b']) await newRotation(account, { Name: `${prefix}.${name}`, ContactIds: [person] })
  await newRotation(account, { ContactIds: [person] })
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (input: ListRotationsCommandInput = {}) => account.contacts.send(new ListRotationsCommand(input))

describe('ListRotations', () => {
  it('shows all of a rotation', async () => {
    const { Rotations = [], $metadata } = await list({ RotationNamePrefix: `${prefix}.a` })
    expect(Rotations).toEqual([
      {
        RotationArn: expect.stringContaining(':rotation/'),
        Name: `${prefix}.a`,
        ContactIds: [person],
        StartTime: nine(1),
        TimeZoneId: 'UTC',
        Recurrence: DAILY,
      },
    ])
    expect($metadata.httpStatusCode).toBe(200)
  })

  it('lists by prefix, none where no name has it', async () => {
    const { Rotations = [], NextToken } = await list({ RotationNamePrefix: prefix })
    expect(Rotations.map(({ Name }) => Name)).toEqual(['a', 'b', 'c'].map((name) => `${prefix}.${name}`))
    expect(NextToken).toBeUndefined()
    expect((await list({ RotationNamePrefix: newName('none') })).Rotations).toEqual([])
    expect((await list()).Rotations?.length).toBeGreaterThanOrEqual(4)
  })

  it('lists page by page all that it lists at once', async () => {
    const names: unknown[] = []
    const pages = paginateListRotations({ client: account.contacts, pageSize: 2 }, { RotationNamePrefix: prefix })
    for await (const { Rotations = [] } of pages) {
      expect(Rotations.length).toBeLessThanOrEqual(2)
      names.push(...Rotations.map(({ Name }) => Name))
    }
    expect(names).toEqual(['a', 'b', 'c'].map((name) => `${prefix}.${name}`))
  })

  it('refuses a token that is forged or of another list', async () => {
    const { NextToken } = await list({ RotationNamePrefix: prefix, MaxResults: 1 })
    expect(NextToken).toEqual(expect.any(String))
    await expectRefusal(list({ NextToken }), 'ValidationException', 400)
    await expectRefusal(list({ NextToken: 'forged' }), 'ValidationException', 400)
  })

  it.skipIf(onAws)('needs a replication set (the account on AWS may have one)', async () => {
    const empty = await connectWithoutSet()
    await expectRefusal(empty.contacts.send(new ListRotationsCommand({})), 'ValidationException', 400, {
      message: 'Invalid value provided - Account not found for the request',
    })
    await empty.close()
  })
})
