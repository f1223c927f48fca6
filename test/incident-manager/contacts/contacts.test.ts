// Contacts and their channels: what can be created, what is refused, and when a channel may be used.
import type { CreateContactChannelCommandInput, CreateContactCommandInput } from '@aws-sdk/client-ssm-contacts'
import { beforeEach, describe, expect, test } from 'vitest'
import { replicationSetKey } from '../../../lib/incident-manager/store/keys.ts'
import { activateContactChannel } from '../../../lib/incident-manager/operations/contacts/activate-contact-channel.ts'
import { createContactChannel } from '../../../lib/incident-manager/operations/contacts/create-contact-channel.ts'
import { createContact } from '../../../lib/incident-manager/operations/contacts/create-contact.ts'
import { deactivateContactChannel } from '../../../lib/incident-manager/operations/contacts/deactivate-contact-channel.ts'
import { deleteContactChannel } from '../../../lib/incident-manager/operations/contacts/delete-contact-channel.ts'
import { deleteContact } from '../../../lib/incident-manager/operations/contacts/delete-contact.ts'
import { getContactChannel } from '../../../lib/incident-manager/operations/contacts/get-contact-channel.ts'
import { getContact } from '../../../lib/incident-manager/operations/contacts/get-contact.ts'
import { listContactChannels } from '../../../lib/incident-manager/operations/contacts/list-contact-channels.ts'
import { listContacts } from '../../../lib/incident-manager/operations/contacts/list-contacts.ts'
import { sendActivationCode } from '../../../lib/incident-manager/operations/contacts/send-activation-code.ts'
import { updateContactChannel } from '../../../lib/incident-manager/operations/contacts/update-contact-channel.ts'
import { updateContact } from '../../../lib/incident-manager/operations/contacts/update-contact.ts'
import { contactArn, type Desk, openDesk } from './desk.ts'

let desk: Desk
beforeEach(async () => {
  desk = await openDesk()
})

const ann: CreateContactCommandInput = {
  Alias: 'ann',
  Type: 'PERSONAL',
  Plan: { Stages: [] },
  IdempotencyToken: 'one',
}
const stage = (DurationInMinutes: number, targets: number) => ({
  DurationInMinutes,
  Targets: Array.from({ length: targets }, () => ({
    ContactTargetInfo: { ContactId: contactArn('bob'), IsEssential: true },
  })),
})

describe('A contact', () => {
  test('reads back as it was created', async () => {
    const Plan = { Stages: [stage(5, 1)] }
    const { ContactArn } = await createContact({ ...ann, Type: 'ESCALATION', DisplayName: 'Ann', Plan }, desk.context)
    expect(ContactArn).toBe(contactArn('ann'))
    expect(await getContact({ ContactId: ContactArn }, desk.context)).toEqual({
      ContactArn,
      Alias: 'ann',
      DisplayName: 'Ann',
      Type: 'ESCALATION',
      Plan,
    })
  })

  test('needs a replication set that is ACTIVE', async () => {
    await desk.context.table.delete(replicationSetKey)
    const accountless = 'Invalid value provided - Account not found for the request'
    await expect(createContact(ann, desk.context)).rejects.toThrow(accountless)
  })

  test('is created once by the same token, and a conflict with other parameters or another token', async () => {
    await createContact(ann, desk.context)
    expect(await createContact(ann, desk.context)).toEqual({ ContactArn: contactArn('ann') })
    for (const other of [{ DisplayName: 'Ann' }, { Alias: 'anna' }, { IdempotencyToken: 'two' }])
      await expect(createContact({ ...ann, ...other }, desk.context)).rejects.toMatchObject({
        name: 'ConflictException',
      })
  })

  test.each([
    ['stages in an on-call schedule', { ...ann, Type: 'ONCALL_SCHEDULE', Plan: { Stages: [stage(5, 1)] } }],
    [
      'rotations of a person',
      { ...ann, Plan: { RotationIds: ['arn:aws:ssm-contacts:us-east-1:111122223333:rotation/1'] } },
    ],
    ['a target of no kind', { ...ann, Plan: { Stages: [{ DurationInMinutes: 5, Targets: [{}] }] } }],
  ] satisfies [string, CreateContactCommandInput][])('cannot have %s', async (_, input) => {
    const refused = createContact(input, desk.context)
    await expect(refused).rejects.toMatchObject({ name: 'ValidationException' })
  })

  test('that is an on-call schedule is refused stages in the words of AWS', async () => {
    await expect(
      createContact({ ...ann, Type: 'ONCALL_SCHEDULE', Plan: { Stages: [stage(5, 1)] } }, desk.context),
    ).rejects.toThrow('Invalid value provided - ONCALL SCHEDULE contact cannot have stages in plan')
  })

  test.each([
    ['11 stages', { Stages: Array.from({ length: 11 }, () => stage(5, 1)) }],
    ['11 targets in a stage', { Stages: [stage(5, 11)] }],
  ])('cannot have %s', async (_, Plan) => {
    await expect(createContact({ ...ann, Plan }, desk.context)).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
    })
  })

  test('that is a schedule is refused a rotation that does not exist: nobody would ever be paged', async () => {
    const missing = 'arn:aws:ssm-contacts:us-east-1:111122223333:rotation/01234567-89ab-4def-8123-456789abcdef'
    const Plan = { RotationIds: [missing] }
    await expect(createContact({ ...ann, Type: 'ONCALL_SCHEDULE', Plan }, desk.context)).rejects.toMatchObject({
      name: 'ValidationException',
      message: `Invalid value provided - Rotation not found: ${missing}`,
    })
    await createContact({ ...ann, Type: 'ONCALL_SCHEDULE', Plan: {} }, desk.context)
    await expect(updateContact({ ContactId: contactArn('ann'), Plan }, desk.context)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      resource: { type: 'ROTATION', id: missing },
    })
  })

  test('keeps what an update does not name', async () => {
    const Plan = { Stages: [stage(5, 1)] }
    await createContact({ ...ann, DisplayName: 'Ann', Plan }, desk.context)
    await updateContact({ ContactId: contactArn('ann'), DisplayName: 'Anna' }, desk.context)
    expect(await getContact({ ContactId: contactArn('ann') }, desk.context)).toMatchObject({
      DisplayName: 'Anna',
      Plan,
    })
    await updateContact({ ContactId: contactArn('ann'), Plan: { Stages: [] } }, desk.context)
    expect(await getContact({ ContactId: contactArn('ann') }, desk.context)).toMatchObject({
      DisplayName: 'Anna',
      Plan: { Stages: [] },
    })
  })

  test('that is missing is named with its type', async () => {
    const missing = { name: 'ResourceNotFoundException', resource: { type: 'CONTACT', id: contactArn('ann') } }
    const input = { ContactId: contactArn('ann') }
    await expect(getContact(input, desk.context)).rejects.toMatchObject(missing)
    await expect(updateContact(input, desk.context)).rejects.toMatchObject(missing)
    await expect(deleteContact(input, desk.context)).rejects.toMatchObject(missing)
    await expect(listContactChannels(input, desk.context)).rejects.toMatchObject(missing)
  })

  test('goes with its channels, and its alias is free again', async () => {
    await createContact(ann, desk.context)
    const { ContactChannelArn } = await createContactChannel({ ...sms, ContactId: contactArn('ann') }, desk.context)
    await deleteContact({ ContactId: contactArn('ann') }, desk.context)
    await createContact({ ...ann, IdempotencyToken: 'two' }, desk.context)
    await expect(getContactChannel({ ContactChannelId: ContactChannelArn }, desk.context)).rejects.toMatchObject({
      resource: { type: 'CONTACT_CHANNEL', id: ContactChannelArn },
    })
  })
})

test('Contacts are listed by alias, page by page, by prefix and by type', async () => {
  for (const Alias of ['cy', 'ann', 'bob', 'anna'])
    await createContact({ ...ann, Alias, IdempotencyToken: undefined }, desk.context)
  await createContact({ ...ann, Alias: 'anders', Type: 'ESCALATION', IdempotencyToken: undefined }, desk.context)
  const aliases = async (input: Parameters<typeof listContacts>[0]): Promise<(string | undefined)[]> => {
    const { Contacts = [], NextToken } = await listContacts(input, desk.context)
    const found = Contacts.map(({ Alias }) => Alias)
    return NextToken ? [...found, ...(await aliases({ ...input, NextToken }))] : found
  }
  expect(await aliases({})).toEqual(['anders', 'ann', 'anna', 'bob', 'cy'])
  expect(await aliases({ MaxResults: 2 })).toEqual(['anders', 'ann', 'anna', 'bob', 'cy'])
  expect(await aliases({ AliasPrefix: 'ann', MaxResults: 1 })).toEqual(['ann', 'anna'])
  expect(await aliases({ AliasPrefix: 'an', Type: 'ESCALATION', MaxResults: 1 })).toEqual(['anders'])
})

const sms: CreateContactChannelCommandInput = {
  ContactId: contactArn('ann'),
  Name: 'phone',
  Type: 'SMS',
  DeliveryAddress: { SimpleAddress: '+15005550199' },
  IdempotencyToken: 'channel',
}

const create = async (): Promise<string> => (await createContactChannel(sms, desk.context)).ContactChannelArn ?? ''
const status = async (ContactChannelId: string) =>
  (await getContactChannel({ ContactChannelId }, desk.context)).ActivationStatus

describe('A contact channel', () => {
  beforeEach(async () => {
    await createContact(ann, desk.context)
  })

  test('is activated by the code that was sent to it', async () => {
    const arn = await create()
    expect(desk.messages).toHaveLength(1)
    expect(desk.messages[0]).toMatchObject({
      channelType: 'SMS',
      address: '+15005550199',
      code: expect.stringMatching(/^\d{6}$/u),
    })
    expect(await status(arn)).toBe('NOT_ACTIVATED')
    await activateContactChannel({ ContactChannelId: arn, ActivationCode: desk.messages[0]?.code }, desk.context)
    expect(await status(arn)).toBe('ACTIVATED')
    await deactivateContactChannel({ ContactChannelId: arn }, desk.context)
    expect(await status(arn)).toBe('NOT_ACTIVATED')
  })

  test('is sent no code when its activation is deferred, until somebody asks for one', async () => {
    const { ContactChannelArn } = await createContactChannel({ ...sms, DeferActivation: true }, desk.context)
    expect(desk.messages).toEqual([])
    await sendActivationCode({ ContactChannelId: ContactChannelArn }, desk.context)
    expect(desk.messages).toHaveLength(1)
  })

  test('is not activated by a wrong code, nor by the right one after five wrong ones', async () => {
    const arn = await create()
    const code = desk.messages[0]?.code ?? ''
    const wrong = code === '000000' ? '000001' : '000000'
    for (const ActivationCode of [wrong, wrong, wrong, wrong, wrong, code])
      await expect(
        activateContactChannel({ ContactChannelId: arn, ActivationCode }, desk.context),
      ).rejects.toMatchObject({ name: 'ValidationException' })
    await sendActivationCode({ ContactChannelId: arn }, desk.context)
    await activateContactChannel({ ContactChannelId: arn, ActivationCode: desk.messages[1]?.code }, desk.context)
    expect(await status(arn)).toBe('ACTIVATED')
  })

  test('is not activated by a code that is ten minutes old', async () => {
    const arn = await create()
    desk.advance(10)
    const late = activateContactChannel({ ContactChannelId: arn, ActivationCode: desk.messages[0]?.code }, desk.context)
    await expect(late).rejects.toMatchObject({ name: 'ValidationException' })
  })

  test('has to be activated again at another address, not under another name', async () => {
    const arn = await create()
    await activateContactChannel({ ContactChannelId: arn, ActivationCode: desk.messages[0]?.code }, desk.context)
    await updateContactChannel(
      { ContactChannelId: arn, Name: 'mobile', DeliveryAddress: sms.DeliveryAddress },
      desk.context,
    )
    expect(await status(arn)).toBe('ACTIVATED')
    await updateContactChannel(
      { ContactChannelId: arn, DeliveryAddress: { SimpleAddress: '+15005550100' } },
      desk.context,
    )
    expect(await getContactChannel({ ContactChannelId: arn }, desk.context)).toEqual({
      ContactArn: contactArn('ann'),
      ContactChannelArn: arn,
      Name: 'mobile',
      Type: 'SMS',
      DeliveryAddress: { SimpleAddress: '+15005550100' },
      ActivationStatus: 'NOT_ACTIVATED',
    })
  })

  test.each([
    ['SMS', '15005550199'],
    ['VOICE', '+1 500 555'],
    ['SMS', '+0'],
    ['SMS', '+15005550199\u0000'],
    ['VOICE', '+1\u00a05005550199'],
    ['EMAIL', 'ann'],
    ['EMAIL', 'ann@example.com\u0000'],
    ['EMAIL', 'ann\u2028@example.com'],
    ['EMAIL', 'ann@\u202emoc.elpmaxe'],
    ['EMAIL', 'ann@example.com\nBcc: everybody@example.com'],
  ] as const)('of type %s cannot have the address %j', async (Type, SimpleAddress) => {
    const input = { ...sms, Type, DeliveryAddress: { SimpleAddress } }
    await expect(createContactChannel(input, desk.context)).rejects.toMatchObject({ name: 'ValidationException' })
  })

  test('is created once by the same token, and its code sent once', async () => {
    expect(await create()).toBe(await create())
    expect(desk.messages).toHaveLength(1)
    await expect(createContactChannel({ ...sms, Name: 'other' }, desk.context)).rejects.toMatchObject({
      name: 'ConflictException',
    })
  })

  test('is there even when its code cannot be sent; asking for another says why not', async () => {
    desk.carrier = () => ({ sent: false, retry: false, reason: 'no carrier' })
    const arn = await create()
    expect(await status(arn)).toBe('NOT_ACTIVATED')
    await expect(sendActivationCode({ ContactChannelId: arn }, desk.context)).rejects.toThrow('no carrier')
  })

  test('is listed with the others of its contact, page by page', async () => {
    const arns = [await create()]
    for (const Name of ['second', 'third']) {
      const input = { ...sms, Name, IdempotencyToken: Name }
      arns.push((await createContactChannel(input, desk.context)).ContactChannelArn ?? '')
    }
    const first = await listContactChannels({ ContactId: contactArn('ann'), MaxResults: 2 }, desk.context)
    const { NextToken } = first
    const second = await listContactChannels({ ContactId: contactArn('ann'), MaxResults: 2, NextToken }, desk.context)
    expect(second.NextToken).toBeUndefined()
    const listed = [...(first.ContactChannels ?? []), ...(second.ContactChannels ?? [])]
    expect(listed).toHaveLength(3)
    expect(new Set(listed.map(({ ContactChannelArn }) => ContactChannelArn))).toEqual(new Set(arns))
  })

  test('that is deleted is gone', async () => {
    const arn = await create()
    await deleteContactChannel({ ContactChannelId: arn }, desk.context)
    await expect(status(arn)).rejects.toMatchObject({ resource: { type: 'CONTACT_CHANNEL', id: arn } })
  })
})
