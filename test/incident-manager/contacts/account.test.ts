// What an account without a replication set is told, and what a call says to what it cannot find.
import { expect, test } from 'vitest'
import { ssmContacts } from '../../../lib/incident-manager/model/ssm-contacts.generated.ts'
import { structureOf } from '../../../lib/incident-manager/model/model.ts'
import { contactsOperations } from '../../../lib/incident-manager/operations/registry.ts'
import { replicationSetKey } from '../../../lib/incident-manager/store/keys.ts'
import { POLICY } from '../protocol/account.ts'
import { encode } from '../protocol/encode.ts'
import { serveContacts } from '../protocol/loopback.ts'
import { sampleStructure } from '../protocol/samples.ts'
import { openDesk, START } from './desk.ts'

const ROTATION = 'arn:aws:ssm-contacts:us-east-1:111122223333:rotation/01234567-89ab-4def-8123-456789abcdef'

/** What each call is right with, beyond what the model asks of it. */
const RIGHT: Readonly<Record<string, unknown>> = {
  DeliveryAddress: { SimpleAddress: 'nobody@example.com' },
  EndTime: new Date(START.getTime() + 3_600_000),
  Members: ['ann', 'bob'],
  Plan: {},
  Policy: POLICY,
  Recurrence: { NumberOfOnCalls: 1, RecurrenceMultiplier: 1, DailySettings: [{ HourOfDay: 9, MinuteOfHour: 0 }] },
  RotationId: ROTATION,
  StartTime: START,
  TimeZoneId: 'UTC',
}

test.each(Object.entries(ssmContacts.operations).filter(([name]) => name !== 'ListContacts'))(
  'without a replication set %s knows no account, in the words of AWS',
  async (name, { input }) => {
    const { context } = await openDesk()
    await context.table.delete(replicationSetKey)
    const serve = serveContacts(contactsOperations, async () => context)
    const sample = sampleStructure(ssmContacts, input, 'minimal')
    const known = structureOf(ssmContacts, input).required ?? []
    const right = Object.fromEntries(Object.entries(RIGHT).filter(([member]) => known.includes(member)))
    const type = name === 'CreateContactChannel' ? { Type: 'EMAIL' } : {}
    const { status, body } = await serve(encode(ssmContacts, name, { ...sample, ...right, ...type }))
    expect({ status, ...JSON.parse(body) }).toEqual({
      status: 400,
      __type: 'ValidationException',
      Message: 'Invalid value provided - Account not found for the request',
      Reason: 'OTHER',
    })
  },
)

test('without a replication set there are no contacts to list, which is no error', async () => {
  const { context } = await openDesk()
  await context.table.delete(replicationSetKey)
  const serve = serveContacts(contactsOperations, async () => context)
  const { status, body } = await serve(encode(ssmContacts, 'ListContacts', {}))
  expect([status, JSON.parse(body)]).toEqual([200, { Contacts: [] }])
})
