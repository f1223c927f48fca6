// ListPageResolutions: the way from whom an engagement engaged to who is paged.
import { describe, expect, it } from 'vitest'
import { createContact } from '../../../lib/incident-manager/operations/contacts/create-contact.ts'
import { createRotation } from '../../../lib/incident-manager/operations/contacts/create-rotation.ts'
import { pathTo } from '../../../lib/incident-manager/operations/contacts/page-path.ts'
import { deleteContact } from '../../../lib/incident-manager/operations/contacts/delete-contact.ts'
import { listPageResolutions } from '../../../lib/incident-manager/operations/contacts/list-page-resolutions.ts'
import { type Desk, escalation, openDesk, person, START, start } from './desk.ts'

const track = (contactArn: string, engagedBy?: { contactArn: string; stage: number }) => ({
  contactArn,
  stages: [],
  stage: 0,
  endsAt: new Date(0),
  retries: [],
  ...(engagedBy ? { engagedBy } : {}),
})

describe('The path to a page', () => {
  it('leads through every plan that engaged the next, with the stage that did', () => {
    const tracks = [
      track('plan'),
      track('team', { contactArn: 'plan', stage: 2 }),
      track('ana', { contactArn: 'team', stage: 1 }),
    ]
    expect(pathTo({ tracks }, { contactArn: 'ana', plan: 'ana', stage: 0 })).toEqual([
      { contactArn: 'plan' },
      { contactArn: 'team', stage: 2 },
      { contactArn: 'ana', stage: 1 },
    ])
  })

  it('ends with the person whose channel a plan names itself', () => {
    expect(pathTo({ tracks: [track('plan')] }, { contactArn: 'ana', plan: 'plan', stage: 3 })).toEqual([
      { contactArn: 'plan' },
      { contactArn: 'ana', stage: 3 },
    ])
  })
})

describe('ListPageResolutions', () => {
  const resolutionsOf = (desk: Desk, alias: string) => {
    const page = desk.messages.find(({ contactArn }) => contactArn.endsWith(`/${alias}`))?.pageArn
    return listPageResolutions({ PageId: page }, desk.context)
  }

  it('counts the stages of an escalation plan from 0; a later stage is told apart', async () => {
    const desk = await openDesk()
    const [ana, ben] = [await person(desk, 'ana'), await person(desk, 'ben')]
    const plan = await escalation(desk, 'on-call', [ana, ben])
    await start(desk, plan)
    await desk.sweep(6)
    const first = { ContactArn: plan, Type: 'ESCALATION' }
    expect(await resolutionsOf(desk, 'ana')).toEqual({
      PageResolutions: [first, { ContactArn: ana.arn, Type: 'PERSONAL', StageIndex: 0 }],
    })
    expect(await resolutionsOf(desk, 'ben')).toEqual({
      PageResolutions: [first, { ContactArn: ben.arn, Type: 'PERSONAL', StageIndex: 1 }],
    })
  })

  it('leads through an on-call schedule, which has no stages of its own', async () => {
    const desk = await openDesk()
    const ana = await person(desk, 'ana')
    const { RotationArn = '' } = await createRotation(
      {
        Name: 'primary',
        ContactIds: [ana.arn],
        TimeZoneId: 'UTC',
        StartTime: START,
        Recurrence: {
          NumberOfOnCalls: 1,
          RecurrenceMultiplier: 1,
          DailySettings: [{ HourOfDay: 0, MinuteOfHour: 0 }],
        },
      },
      desk.context,
    )
    const { ContactArn: schedule = '' } = await createContact(
      { Alias: 'schedule', Type: 'ONCALL_SCHEDULE', Plan: { RotationIds: [RotationArn] } },
      desk.context,
    )
    const plan = await escalation(desk, 'on-call', [{ arn: schedule }])
    await start(desk, plan)
    expect(await resolutionsOf(desk, 'ana')).toEqual({
      PageResolutions: [
        { ContactArn: plan, Type: 'ESCALATION' },
        { ContactArn: schedule, Type: 'ONCALL_SCHEDULE', StageIndex: 0 },
        { ContactArn: ana.arn, Type: 'PERSONAL' },
      ],
    })
  })

  it('stays when the contacts have been deleted', async () => {
    const desk = await openDesk()
    const ana = await person(desk, 'ana')
    const plan = await escalation(desk, 'on-call', [ana])
    await start(desk, plan)
    const before = await resolutionsOf(desk, 'ana')
    for (const ContactId of [plan, ana.arn]) await deleteContact({ ContactId }, desk.context)
    expect(await resolutionsOf(desk, 'ana')).toEqual(before)
  })
})
