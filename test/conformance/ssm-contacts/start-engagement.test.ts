// StartEngagement pages a person, or walks an escalation plan.
import {
  DescribeEngagementCommand,
  ListPagesByEngagementCommand,
  StartEngagementCommand,
  type StartEngagementCommandInput,
  StopEngagementCommand,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName, onAws } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newContact, newPage } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

async function start(ContactId: string, more: Partial<StartEngagementCommandInput> = {}) {
  const { contacts, afterwards } = account
  const words = { Sender: 'conformance', Subject: 'Test', Content: 'Only a test.' }
  const output = await contacts.send(new StartEngagementCommand({ ContactId, ...words, ...more }))
  afterwards(() => contacts.send(new StopEngagementCommand({ EngagementId: output.EngagementArn })))
  return output
}

describe('StartEngagement', () => {
  it('answers the ARN of an engagement of that contact', async () => {
    const contact = await newContact(account)
    const output = await start(contact)
    const of = contact.replace(':contact/', ':engagement/')
    expect(answered(output)).toEqual({ EngagementArn: expect.stringMatching(new RegExp(`^${of}/[0-9a-f-]{36}$`, 'u')) })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it.skipIf(onAws)('has paged the contact when it answers (on AWS nobody is there to be paged)', async () => {
    const { contact, engagement, page } = await newPage(account)
    const { Pages } = await account.contacts.send(new ListPagesByEngagementCommand({ EngagementId: engagement }))
    expect(Pages).toMatchObject([{ PageArn: page, ContactArn: contact, SentTime: expect.any(Date) }])
  })

  it('keeps other words for those who are told in public', async () => {
    const words = { PublicSubject: 'Come', PublicContent: 'Look at your e-mail.', IncidentId: newName('incident') }
    const { EngagementArn } = await start(await newContact(account), words)
    const describe = new DescribeEngagementCommand({ EngagementId: EngagementArn })
    expect(await account.contacts.send(describe)).toMatchObject(words)
  })

  it('answers the same for the same call again, and refuses its token for another', async () => {
    const contact = await newContact(account)
    const IdempotencyToken = newName('token')
    const first = await start(contact, { IdempotencyToken })
    expect(answered(await start(contact, { IdempotencyToken }))).toEqual(answered(first))
    await expectRefusal(start(contact, { IdempotencyToken, Subject: 'Other' }), 'ConflictException', 400)
  })

  it('refuses empty words, and a token with a colon', async () => {
    const contact = await newContact(account)
    await expectViolation(start(contact, { Subject: '' }), [
      { value: "''", at: 'subject', must: 'have length greater than or equal to 1' },
    ])
    await expectViolation(start(contact, { IdempotencyToken: 'a:b' }), [
      {
        value: "'a:b'",
        at: 'idempotencyToken',
        must: 'satisfy regular expression pattern: ^[\\\\\\/a-zA-Z0-9_+=\\-]*$',
      },
    ])
  })

  it('knows no contact that does not exist', async () => {
    const other = absent(await newContact(account))
    await expectRefusal(start(other), 'ResourceNotFoundException', 400, { ResourceType: 'CONTACT', ResourceId: other })
  })
})
