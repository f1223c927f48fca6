// On-call schedules as their users see them: who is paged, what a preview promises, and what is left of a deleted rotation.
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { RecurrenceSettings, RotationShift } from '@aws-sdk/client-ssm-contacts'
import { createContact } from '../../../lib/incident-manager/operations/contacts/create-contact.ts'
import { createRotationOverride } from '../../../lib/incident-manager/operations/contacts/create-rotation-override.ts'
import { createRotation } from '../../../lib/incident-manager/operations/contacts/create-rotation.ts'
import { deleteContact } from '../../../lib/incident-manager/operations/contacts/delete-contact.ts'
import { deleteRotationOverride } from '../../../lib/incident-manager/operations/contacts/delete-rotation-override.ts'
import { deleteRotation } from '../../../lib/incident-manager/operations/contacts/delete-rotation.ts'
import { getContact } from '../../../lib/incident-manager/operations/contacts/get-contact.ts'
import { listPageResolutions } from '../../../lib/incident-manager/operations/contacts/list-page-resolutions.ts'
import { listPreviewRotationShifts } from '../../../lib/incident-manager/operations/contacts/list-preview-rotation-shifts.ts'
import { listRotationShifts } from '../../../lib/incident-manager/operations/contacts/list-rotation-shifts.ts'
import { listTagsForResource } from '../../../lib/incident-manager/operations/contacts/list-tags-for-resource.ts'
import { updateRotation } from '../../../lib/incident-manager/operations/contacts/update-rotation.ts'
import { eraseAccount } from '../../../lib/incident-manager/operations/incidents/erase.ts'
import { contactKey, replicationSetKey } from '../../../lib/incident-manager/store/keys.ts'
import { contactArn, type Desk, escalation, accept, openDesk, pagedBy, person, START, start } from './desk.ts'

const daily = (...hours: number[]): RecurrenceSettings => ({
  NumberOfOnCalls: 1,
  RecurrenceMultiplier: 1,
  DailySettings: hours.map((HourOfDay) => ({ HourOfDay, MinuteOfHour: 0 })),
})
const later = (hours: number): Date => new Date(START.getTime() + hours * 3_600_000)

let desk: Desk
beforeEach(async () => {
  desk = await openDesk()
})

async function rotation(aliases: readonly string[], Recurrence = daily(12)): Promise<string> {
  const { RotationArn = '' } = await createRotation(
    { Name: 'rota', ContactIds: aliases.map(contactArn), TimeZoneId: 'UTC', Recurrence, StartTime: START },
    desk.context,
  )
  return RotationArn
}

async function schedule(...RotationIds: string[]): Promise<string> {
  const Plan = { RotationIds }
  const { ContactArn = '' } = await createContact({ Alias: 'rota', Type: 'ONCALL_SCHEDULE', Plan }, desk.context)
  return ContactArn
}

async function people(...aliases: string[]): Promise<void> {
  for (const alias of aliases) await person(desk, alias, { minutes: 5, retryMinutes: 2 })
}

describe('Engaging a schedule', () => {
  it('whose name a person on call had before pages nobody by it, and nobody else less', async () => {
    await people('bob')
    await createContact({ Alias: 'rota', Type: 'PERSONAL', Plan: { Stages: [] } }, desk.context)
    const RotationId = await rotation(['rota', 'bob'], { ...daily(12), NumberOfOnCalls: 2 })
    // As two calls at once can leave it.
    await desk.context.table.delete(contactKey('rota'))
    const rota = await schedule(RotationId)
    await start(desk, rota)
    expect(pagedBy(desk)).toEqual(['bob'])
    await start(desk, await escalation(desk, 'plan', [{ arn: rota }]), {})
    expect(pagedBy(desk)).toEqual(['bob', 'bob'])
  })

  it('pages who is on call, and after the hand-off the next', async () => {
    await people('ann', 'bob')
    const rota = await schedule(await rotation(['ann', 'bob']))
    await start(desk, rota)
    expect(pagedBy(desk)).toEqual(['ann'])
    desk.advance(24 * 60)
    await start(desk, rota, {})
    expect(pagedBy(desk)).toEqual(['ann', 'bob'])
  })

  it('pages the same person until they answer, though somebody else comes on call meanwhile', async () => {
    await people('ann', 'bob')
    const rota = await schedule(await rotation(['ann', 'bob']))
    desk.advance(24 * 60 - 1)
    await start(desk, rota)
    await desk.sweep(2)
    expect(pagedBy(desk)).toEqual(['ann', 'ann'])
  })

  it('pages all who are on call at once, by several rotations each person once; the first answer ends it', async () => {
    await people('ann', 'bob', 'cyd')
    const pair = await rotation(['ann', 'bob', 'cyd'], { ...daily(12), NumberOfOnCalls: 2 })
    await start(desk, await schedule(pair, await rotation(['cyd', 'ann']), await rotation(['bob'])))
    expect(pagedBy(desk).toSorted()).toEqual(['ann', 'bob', 'cyd'])
    await accept(desk, desk.messages[0])
    await desk.sweep(4)
    expect(desk.messages).toHaveLength(3)
  })

  it('pages by an override, and when it is deleted as before', async () => {
    await people('ann', 'bob')
    const RotationId = await rotation(['ann', 'bob'])
    const rota = await schedule(RotationId)
    const { RotationOverrideId } = await createRotationOverride(
      { RotationId, NewContactIds: [contactArn('bob')], StartTime: START, EndTime: later(2) },
      desk.context,
    )
    await start(desk, rota, {})
    await deleteRotationOverride({ RotationId, RotationOverrideId }, desk.context)
    await start(desk, rota, {})
    expect(pagedBy(desk)).toEqual(['bob', 'ann'])
  })

  it.each([
    ['has no rotation', async () => schedule()],
    ['names a rotation that has been deleted', async () => deletedRotation()],
    ['has nobody on call now', async () => schedule(await rotation(['ann'], { ...daily(12), ShiftCoverages: NIGHTS }))],
    ['has an override with nobody', async () => schedule(await overriddenByNobody())],
  ])('that %s pages nobody, and an escalation plan goes on at once', async (_, make) => {
    await people('ann', 'bob')
    const plan = await escalation(desk, 'plan', [{ arn: await make() }, { arn: contactArn('bob') }])
    await start(desk, plan)
    expect(pagedBy(desk)).toEqual(['bob'])
  })

  it('that has nobody on call now pages nobody later either', async () => {
    await people('ann')
    await start(desk, await schedule(await rotation(['ann'], { ...daily(12), ShiftCoverages: NIGHTS })))
    await desk.sweep(12 * 60)
    expect(desk.messages).toEqual([])
  })

  const NIGHTS = {
    SUN: [{ Start: { HourOfDay: 22, MinuteOfHour: 0 }, End: { HourOfDay: 6, MinuteOfHour: 0 } }],
  }
  const overriddenByNobody = async (): Promise<string> => {
    const RotationId = await rotation(['ann'])
    const input = { RotationId, NewContactIds: [], StartTime: START, EndTime: later(2) }
    await createRotationOverride(input, desk.context)
    return RotationId
  }
  const deletedRotation = async (): Promise<string> => {
    const RotationId = await rotation(['ann'])
    const rota = await schedule(RotationId)
    await deleteRotation({ RotationId }, desk.context)
    return rota
  }
})

describe('A schedule in an escalation plan', () => {
  const planOf = async (essential: boolean): Promise<string> => {
    await people('ann', 'bob')
    const rota = await schedule(await rotation(['ann']))
    return escalation(desk, 'plan', [{ arn: rota, essential }, { arn: contactArn('bob') }])
  }

  it('ends the plan by the answer of who is on call where it is essential', async () => {
    await start(desk, await planOf(true))
    await accept(desk, desk.messages[0])
    await desk.sweep(10)
    expect(pagedBy(desk)).toEqual(['ann'])
  })

  it('does not end it where it is not', async () => {
    await start(desk, await planOf(false))
    await accept(desk, desk.messages[0])
    await desk.sweep(5)
    expect(pagedBy(desk)).toEqual(['ann', 'bob'])
  })

  it('gives the next stage to somebody else only after its whole time', async () => {
    await start(desk, await planOf(true))
    await desk.sweep(4)
    expect(pagedBy(desk)).not.toContain('bob')
    await desk.sweep(1)
    expect(pagedBy(desk)).toContain('bob')
  })

  it('named again by a later stage pages who has come on call since', async () => {
    await people('ann', 'bob')
    const rota = await schedule(await rotation(['ann', 'bob']))
    const plan = await escalation(desk, 'plan', [
      { arn: rota },
      { arn: rota, essential: true },
      { arn: contactArn('ann') },
    ])
    desk.advance(24 * 60 - 3)
    await start(desk, plan)
    await desk.sweep(5)
    expect(new Set(pagedBy(desk))).toEqual(new Set(['ann', 'bob']))
    await accept(
      desk,
      desk.messages.findLast((message) => message.contactArn === contactArn('bob')),
    )
    const sent = desk.messages.length
    await desk.sweep(10)
    expect(desk.messages).toHaveLength(sent)
  })

  it('is on the way from the plan to the person', async () => {
    await start(desk, await planOf(true))
    const { PageResolutions } = await listPageResolutions({ PageId: desk.messages[0]?.pageArn }, desk.context)
    expect(PageResolutions?.map(({ ContactArn, Type }) => [ContactArn, Type])).toEqual([
      [contactArn('plan'), 'ESCALATION'],
      [contactArn('rota'), 'ONCALL_SCHEDULE'],
      [contactArn('ann'), 'PERSONAL'],
    ])
  })
})

describe('A rotation', () => {
  it('that is deleted is gone from every schedule, and its overrides with it', async () => {
    await people('ann')
    const [RotationId, other] = [await rotation(['ann']), await rotation(['ann'])]
    const rota = await schedule(RotationId, other)
    const window = { StartTime: START, EndTime: later(2) }
    await createRotationOverride({ RotationId, NewContactIds: [], ...window }, desk.context)
    await deleteRotation({ RotationId }, desk.context)
    expect((await getContact({ ContactId: rota }, desk.context)).Plan).toEqual({ RotationIds: [other] })
    const { items } = await desk.context.table.query({ partition: `rotation#${RotationId.split('/')[1]}` })
    expect(items).toEqual([])
  })

  it('keeps its people from being deleted, however many rotations there are before it', async () => {
    await people('ann', 'bob')
    const others = Array.from({ length: 120 }, async () => rotation(['bob']))
    const [one, two] = [await rotation(['ann']), await rotation(['bob', 'ann'])]
    await Promise.all(others)
    const ContactId = contactArn('ann')
    const dependents = [one, two].map((id) => ({ type: 'ROTATION', id }))
    await expect(deleteContact({ ContactId }, desk.context)).rejects.toMatchObject({
      name: 'ConflictException',
      resource: { type: 'CONTACT', id: ContactId },
      dependents: dependents.toSorted((first, second) => (first.id < second.id ? -1 : 1)),
    })
    for (const RotationId of [one, two]) await deleteRotation({ RotationId }, desk.context)
    await deleteContact({ ContactId }, desk.context)
  })

  it('is overridden by nobody who does not exist', async () => {
    await people('ann', 'bob')
    const RotationId = await rotation(['ann', 'bob'])
    await desk.context.table.delete(contactKey('bob'))
    const input = { RotationId, NewContactIds: [contactArn('bob')], StartTime: START, EndTime: later(1) }
    await expect(createRotationOverride(input, desk.context)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      resource: { type: 'CONTACT', id: contactArn('bob') },
    })
  })

  it('goes with the replication set', async () => {
    await people('ann')
    const RotationId = await rotation(['ann'])
    await createRotationOverride({ RotationId, NewContactIds: [], StartTime: START, EndTime: later(2) }, desk.context)
    await desk.context.table.update(replicationSetKey, { set: { status: 'DELETING' } })
    await eraseAccount(desk.context)
    const { items } = await desk.context.table.query({ partition: `rotation#${RotationId.split('/')[1]}` })
    expect(items).toEqual([])
  })

  it('keeps its tags where they are listed', async () => {
    await people('ann')
    const { RotationArn } = await createRotation(
      {
        Name: 'tagged',
        ContactIds: [contactArn('ann')],
        TimeZoneId: 'UTC',
        Recurrence: daily(9),
        Tags: [{ Key: 'team', Value: 'shop' }],
      },
      desk.context,
    )
    const { Tags } = await listTagsForResource({ ResourceARN: RotationArn }, desk.context)
    expect(Tags).toEqual([{ Key: 'team', Value: 'shop' }])
  })

  it('whose contacts and recurrence are changed at once by two still has a list of shifts', async () => {
    await people('ann', 'bob')
    const RotationId = await rotation(['ann', 'bob'])
    await Promise.all([
      updateRotation({ RotationId, Recurrence: { ...daily(12), NumberOfOnCalls: 2 } }, desk.context),
      updateRotation({ RotationId, Recurrence: daily(12), ContactIds: [contactArn('bob')] }, desk.context),
    ])
    const { RotationShifts = [] } = await listRotationShifts({ RotationId, EndTime: later(24) }, desk.context)
    expect(RotationShifts).toHaveLength(1)
  })
})

describe('A list of shifts', () => {
  it('by pages is the list in one piece, and goes on where it was when overrides come between', async () => {
    await people('ann', 'bob')
    const RotationId = await rotation(['ann', 'bob'], daily(0, 6, 12, 18))
    const window = { RotationId, StartTime: START, EndTime: later(72) }
    const whole = await listRotationShifts(window, desk.context)
    const first = await listRotationShifts({ ...window, MaxResults: 5 }, desk.context)
    expect(first.RotationShifts).toEqual(whole.RotationShifts?.slice(0, 5))
    await createRotationOverride(
      { RotationId, NewContactIds: [contactArn('ann')], StartTime: START, EndTime: later(1) },
      desk.context,
    )
    const rest = await listRotationShifts({ ...window, NextToken: first.NextToken }, desk.context)
    expect(rest.RotationShifts).toEqual(whole.RotationShifts?.slice(5))
    expect(rest.NextToken).toBeUndefined()
  })

  it('by pages has no gap and no overlap where an override is deleted or made between them', async () => {
    await people('ann', 'bob')
    const weekly: RecurrenceSettings = {
      NumberOfOnCalls: 1,
      RecurrenceMultiplier: 1,
      WeeklySettings: [{ DayOfWeek: 'SUN', HandOffTime: { HourOfDay: 12, MinuteOfHour: 0 } }],
    }
    const RotationId = await rotation(['ann', 'bob'], weekly)
    const NewContactIds = [contactArn('bob')]
    const override = { RotationId, NewContactIds, StartTime: later(72), EndTime: later(96) }
    const { RotationOverrideId } = await createRotationOverride(override, desk.context)
    const window = { RotationId, StartTime: START, EndTime: later(200) }
    const first = await listRotationShifts({ ...window, MaxResults: 2 }, desk.context)
    const rest = async (): Promise<unknown[]> => {
      const { RotationShifts = [] } = await listRotationShifts({ ...window, NextToken: first.NextToken }, desk.context)
      return RotationShifts.map(({ ContactIds, StartTime, EndTime }) => [ContactIds?.[0], StartTime, EndTime])
    }
    const next = [contactArn('bob'), later(168), later(336)]
    expect(first.RotationShifts?.at(-1)?.EndTime).toEqual(later(96))
    await deleteRotationOverride({ RotationId, RotationOverrideId }, desk.context)
    expect(await rest()).toEqual([[contactArn('ann'), later(96), later(168)], next])
    await createRotationOverride({ ...override, EndTime: later(120) }, desk.context)
    expect(await rest()).toEqual([
      [contactArn('bob'), later(96), later(120)],
      [contactArn('ann'), later(120), later(168)],
      next,
    ])
  })

  it('that would end before it begins is refused in terms of what was given', async () => {
    await people('ann')
    const RotationId = await rotation(['ann'])
    const imagined = { Members: ['a'], TimeZoneId: 'UTC', Recurrence: daily(12), EndTime: START }
    const after = (what: string): string => `Invalid value provided - EndTime must be after ${what}`
    for (const [times, words] of [
      [{ StartTime: START, RotationStartTime: later(-9) }, after('StartTime')],
      [{ RotationStartTime: START }, after('RotationStartTime')],
      [{}, after('the time of the call')],
    ] as const)
      await expect(listPreviewRotationShifts({ ...imagined, ...times }, desk.context)).rejects.toThrow(words)
    const list = listRotationShifts({ RotationId, EndTime: START }, desk.context)
    await expect(list).rejects.toThrow(after('the time of the call'))
  })

  it('without a beginning goes on from the moment of its first page, a preview with the start that it had', async () => {
    await people('ann', 'bob')
    const imagined = { Members: ['a', 'b'], TimeZoneId: 'UTC', Recurrence: daily(12), EndTime: later(96) }
    const first = await listPreviewRotationShifts({ ...imagined, MaxResults: 2 }, desk.context)
    desk.advance(30 * 60)
    const { NextToken } = first
    const second = await listPreviewRotationShifts({ ...imagined, MaxResults: 2, NextToken }, desk.context)
    const shifts = [...(first.RotationShifts ?? []), ...(second.RotationShifts ?? [])]
    expect(shifts.map(({ StartTime }) => StartTime)).toEqual([0, 24, 48, 72].map(later))
    expect(shifts.flatMap(({ ContactIds }) => ContactIds)).toEqual(['a', 'b', 'a', 'b'])
  })

  it('knows of overrides that ended before it where they cut the shift that is under way', async () => {
    await people('ann', 'bob')
    const RotationId = await rotation(['ann', 'bob'])
    const NewContactIds = [contactArn('bob')]
    await createRotationOverride({ RotationId, NewContactIds, StartTime: later(1), EndTime: later(2) }, desk.context)
    const { RotationShifts } = await listRotationShifts(
      { RotationId, StartTime: later(10), EndTime: later(11) },
      desk.context,
    )
    expect(RotationShifts).toEqual([
      { ContactIds: [contactArn('ann')], StartTime: later(2), EndTime: later(24), Type: 'REGULAR' },
    ])
  })

  it('is what a preview of the same rotation has promised', async () => {
    await people('ann', 'bob', 'cyd')
    const aliases = ['ann', 'bob', 'cyd']
    const hours = fc.integer({ min: 0, max: 23 })
    const override = fc.record({
      start: fc.integer({ min: 0, max: 500 }),
      length: fc.integer({ min: 1, max: 100 }),
      members: fc.subarray(aliases),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(aliases, { minLength: 1 }),
        fc.uniqueArray(hours, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
        fc.array(override, { maxLength: 4 }),
        fc.integer({ min: 0, max: 400 }),
        async (members, handOffs, TimeZoneId, overrides, from) => {
          const common = { TimeZoneId, Recurrence: daily(...handOffs) }
          const window = { StartTime: later(from), EndTime: later(from + 200) }
          const promised = await listPreviewRotationShifts(
            {
              ...common,
              ...window,
              RotationStartTime: START,
              Members: members.map(contactArn),
              Overrides: overrides.map((one) => ({
                NewMembers: one.members.filter((alias) => members.includes(alias)).map(contactArn),
                StartTime: later(one.start),
                EndTime: later(one.start + one.length),
              })),
            },
            desk.context,
          )
          const { RotationArn: RotationId } = await createRotation(
            { ...common, Name: 'real', StartTime: START, ContactIds: members.map(contactArn) },
            desk.context,
          )
          for (const one of overrides) {
            await createRotationOverride(
              {
                RotationId,
                NewContactIds: one.members.filter((alias) => members.includes(alias)).map(contactArn),
                StartTime: later(one.start),
                EndTime: later(one.start + one.length),
              },
              desk.context,
            )
            desk.advance(1 / 60_000)
          }
          const happens = await listRotationShifts({ RotationId, ...window }, desk.context)
          expect(happens.RotationShifts).toEqual(promised.RotationShifts satisfies RotationShift[] | undefined)
        },
      ),
      { numRuns: 60 },
    )
  }, 30_000)
})
