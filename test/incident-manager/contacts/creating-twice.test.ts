// The token of a creating call: whatever has happened since, the same call again gives the first answer and creates nothing.
import { beforeEach, describe, expect, it } from 'vitest'
import type { RecurrenceSettings } from '@aws-sdk/client-ssm-contacts'
import type { Table } from '../../../lib/aws/table/table.ts'
import type { Context } from '../../../lib/incident-manager/context.ts'
import { createContactChannel } from '../../../lib/incident-manager/operations/contacts/create-contact-channel.ts'
import { createContact } from '../../../lib/incident-manager/operations/contacts/create-contact.ts'
import { createRotationOverride } from '../../../lib/incident-manager/operations/contacts/create-rotation-override.ts'
import { createRotation } from '../../../lib/incident-manager/operations/contacts/create-rotation.ts'
import { deleteContactChannel } from '../../../lib/incident-manager/operations/contacts/delete-contact-channel.ts'
import { deleteContact } from '../../../lib/incident-manager/operations/contacts/delete-contact.ts'
import { deleteRotationOverride } from '../../../lib/incident-manager/operations/contacts/delete-rotation-override.ts'
import { deleteRotation } from '../../../lib/incident-manager/operations/contacts/delete-rotation.ts'
import { getContact } from '../../../lib/incident-manager/operations/contacts/get-contact.ts'
import { listContactChannels } from '../../../lib/incident-manager/operations/contacts/list-contact-channels.ts'
import { listContacts } from '../../../lib/incident-manager/operations/contacts/list-contacts.ts'
import { listRotationOverrides } from '../../../lib/incident-manager/operations/contacts/list-rotation-overrides.ts'
import { listRotations } from '../../../lib/incident-manager/operations/contacts/list-rotations.ts'
import { updateRotation } from '../../../lib/incident-manager/operations/contacts/update-rotation.ts'
import { replicationSetKey } from '../../../lib/incident-manager/store/keys.ts'
import { contactArn, type Desk, openDesk, START, watched } from './desk.ts'

const DAILY: RecurrenceSettings = {
  NumberOfOnCalls: 1,
  RecurrenceMultiplier: 1,
  DailySettings: [{ HourOfDay: 9, MinuteOfHour: 0 }],
}
const inHours = (hours: number): Date => new Date(START.getTime() + hours * 3_600_000)

let desk: Desk
beforeEach(async () => {
  desk = await openDesk()
  for (const Alias of ['ann', 'bob'])
    await createContact(
      { Alias, Type: 'PERSONAL', Plan: { Stages: [] }, IdempotencyToken: `of-${Alias}` },
      desk.context,
    )
})

const contact = (more: object = {}, context = desk.context) =>
  createContact({ Alias: 'cyd', Type: 'PERSONAL', Plan: { Stages: [] }, IdempotencyToken: 'one', ...more }, context)
const channel = (more: object = {}, context = desk.context) =>
  createContactChannel(
    {
      ContactId: contactArn('ann'),
      Name: 'phone',
      Type: 'SMS',
      DeliveryAddress: { SimpleAddress: '+15005550199' },
      IdempotencyToken: 'one',
      ...more,
    },
    context,
  )
const rotation = (more: object = {}, context = desk.context) =>
  createRotation(
    {
      Name: 'rota',
      ContactIds: ['ann', 'bob'].map(contactArn),
      TimeZoneId: 'UTC',
      Recurrence: DAILY,
      IdempotencyToken: 'one',
      ...more,
    },
    context,
  )
const override = (RotationId: string | undefined, more: object = {}, context = desk.context) =>
  createRotationOverride(
    {
      RotationId,
      NewContactIds: [contactArn('bob')],
      StartTime: inHours(1),
      EndTime: inHours(3),
      IdempotencyToken: 'one',
      ...more,
    },
    context,
  )
const withoutBob = (RotationId: string | undefined) =>
  updateRotation({ RotationId, Recurrence: DAILY, ContactIds: [contactArn('ann')] }, desk.context)
const removal = (alias: string) => deleteContact({ ContactId: contactArn(alias) }, desk.context)
const overridesOf = async (RotationId: string | undefined) => {
  const window = { StartTime: inHours(0), EndTime: inHours(10_000) }
  return (await listRotationOverrides({ RotationId, ...window }, desk.context)).RotationOverrides
}

describe('The same call again gives the first answer', () => {
  it('though one of a rotation’s people has left it and has been deleted', async () => {
    const first = await rotation()
    await withoutBob(first.RotationArn)
    await removal('bob')
    expect(await rotation()).toEqual(first)
  })

  it('though the person of an override has left the rotation', async () => {
    const { RotationArn } = await rotation()
    const first = await override(RotationArn)
    await withoutBob(RotationArn)
    expect(await override(RotationArn)).toEqual(first)
    expect(await overridesOf(RotationArn)).toHaveLength(1)
  })

  it('though an override begins later than one could be made now', async () => {
    const { RotationArn } = await rotation()
    const ahead = { StartTime: inHours(24 * 200), EndTime: inHours(24 * 201) }
    desk.advance(60 * 24 * 30)
    const first = await override(RotationArn, ahead)
    const earlier = { ...desk.context, clock: { now: () => START } }
    expect(await override(RotationArn, ahead, earlier)).toEqual(first)
  })

  it('though the account’s replication set is being deleted', async () => {
    const first = await contact()
    await desk.context.table.update(replicationSetKey, { set: { status: 'DELETING' } })
    expect(await contact()).toEqual(first)
  })

  it('to twins too, and one thing is made', async () => {
    const answers = await Promise.all([rotation(), rotation(), rotation()])
    expect(new Set(answers.map(({ RotationArn }) => RotationArn)).size).toBe(1)
    expect((await listRotations({}, desk.context)).Rotations).toHaveLength(1)
  })

  it('and a call with its token and other parameters is a conflict, though it could not be made now', async () => {
    await rotation()
    for (const more of [{ Name: 'other' }, { ContactIds: [contactArn('nobody')] }])
      await expect(rotation(more)).rejects.toMatchObject({ name: 'ConflictException' })
  })
})

describe('What has been deleted stays deleted when the call that created it comes again', () => {
  it('a contact', async () => {
    const first = await contact()
    await removal('cyd')
    expect(await contact()).toEqual(first)
    expect((await listContacts({ AliasPrefix: 'cyd' }, desk.context)).Contacts).toEqual([])
  })

  it('a contact whose alias is another’s now', async () => {
    const first = await contact()
    await removal('cyd')
    await contact({ IdempotencyToken: 'two', DisplayName: 'Another' })
    expect(await contact()).toEqual(first)
    expect(await getContact({ ContactId: contactArn('cyd') }, desk.context)).toMatchObject({ DisplayName: 'Another' })
  })

  it('a channel, and nobody is sent another code', async () => {
    const first = await channel()
    await deleteContactChannel({ ContactChannelId: first.ContactChannelArn }, desk.context)
    expect(await channel()).toEqual(first)
    expect((await listContactChannels({ ContactId: contactArn('ann') }, desk.context)).ContactChannels).toEqual([])
    expect(desk.messages).toHaveLength(1)
  })

  it('a channel that went with its contact, though there is a contact of that alias again', async () => {
    const first = await channel()
    await removal('ann')
    expect(await channel()).toEqual(first)
    await contact({ Alias: 'ann' })
    expect(await channel()).toEqual(first)
    expect((await listContactChannels({ ContactId: contactArn('ann') }, desk.context)).ContactChannels).toEqual([])
  })

  it('a rotation', async () => {
    const first = await rotation()
    await deleteRotation({ RotationId: first.RotationArn }, desk.context)
    expect(await rotation()).toEqual(first)
    expect((await listRotations({}, desk.context)).Rotations).toEqual([])
  })

  it('an override', async () => {
    const { RotationArn: RotationId } = await rotation()
    const first = await override(RotationId)
    await deleteRotationOverride({ RotationId, ...first }, desk.context)
    expect(await override(RotationId)).toEqual(first)
    expect(await overridesOf(RotationId)).toEqual([])
  })

  it('an override that went with its rotation', async () => {
    const { RotationArn: RotationId } = await rotation()
    const first = await override(RotationId)
    await deleteRotation({ RotationId }, desk.context)
    expect(await override(RotationId)).toEqual(first)
  })

  it('though a twin of that call was on its way all the while', async () => {
    // The twin has taken the token and is about to create when the others create, answer and delete.
    let late = async (): Promise<void> => {
      late = async () => {}
      await contact()
      await removal('cyd')
    }
    const { table } = desk.context
    const put: Table['put'] = async (item, condition) => {
      if (item.pk === 'contact#cyd') await late()
      return table.put(item, condition)
    }
    await contact({}, { ...desk.context, table: { ...table, put } })
    expect((await listContacts({ AliasPrefix: 'cyd' }, desk.context)).Contacts).toEqual([])
  })
})

describe('A call that is refused keeps its token good', () => {
  it('for want of the value of a tag', async () => {
    await expect(contact({ Tags: [{ Key: 'a' }] })).rejects.toMatchObject({ name: 'ValidationException' })
    expect(await contact({ Tags: [{ Key: 'a', Value: 'b' }] })).toEqual({ ContactArn: contactArn('cyd') })
    await expect(rotation({ Tags: [{ Key: 'a' }] })).rejects.toMatchObject({ name: 'ValidationException' })
    expect(await rotation()).toEqual({ RotationArn: expect.any(String) })
  })

  it('for an alias that is taken', async () => {
    await expect(contact({ Alias: 'ann' })).rejects.toMatchObject({ name: 'ConflictException' })
    await expect(contact({ Alias: 'ann' })).rejects.toThrow('A contact with the alias ann already exists')
    expect(await contact()).toEqual({ ContactArn: contactArn('cyd') })
  })

  it('for a contact that is not there yet', async () => {
    await expect(channel({ ContactId: contactArn('cyd') })).rejects.toMatchObject({ name: 'ValidationException' })
    expect(await channel()).toEqual({ ContactChannelArn: expect.any(String) })
  })
})

describe('A call that died on its way', () => {
  const creations: readonly (readonly [string, (context: Context) => Promise<unknown>])[] = [
    ['CreateContact', (context) => contact({}, context)],
    ['CreateContactChannel', (context) => channel({}, context)],
    ['CreateRotation', (context) => rotation({}, context)],
    ['CreateRotationOverride', async (context) => override((await rotation()).RotationArn, {}, context)],
  ]
  it.each(creations)('is finished by the same call again, wherever it died: %s', async (_, create) => {
    const fresh = await openDesk()
    desk = fresh
    await contact({ Alias: 'ann', IdempotencyToken: 'a' })
    await contact({ Alias: 'bob', IdempotencyToken: 'b' })
    const answers: unknown[] = []
    for (let deadAt = 1, died = true; died; deadAt++) {
      let calls = 0
      died = false
      const table = watched(fresh.context.table, () => {
        if (++calls < deadAt) return
        died = true
        throw new Error('the power is gone')
      })
      await create({ ...fresh.context, table }).then(
        (answer) => answers.push(answer),
        () => {},
      )
    }
    answers.push(await create(fresh.context))
    expect(answers).toHaveLength(2)
    expect(answers[1]).toEqual(answers[0])
  })
})
