// Differences from AWS (docs/differences-from-aws.md) that no other test shows.
import { expect, test } from 'vitest'
import { QuotaExceeded } from '../../lib/incident-manager/errors.ts'
import { activateContactChannel } from '../../lib/incident-manager/operations/contacts/activate-contact-channel.ts'
import { createContactChannel } from '../../lib/incident-manager/operations/contacts/create-contact-channel.ts'
import { createContact } from '../../lib/incident-manager/operations/contacts/create-contact.ts'
import { describeEngagement } from '../../lib/incident-manager/operations/contacts/describe-engagement.ts'
import { listEngagements } from '../../lib/incident-manager/operations/contacts/list-engagements.ts'
import { getIncidentRecord } from '../../lib/incident-manager/operations/incidents/get-incident-record.ts'
import { getResponsePlan } from '../../lib/incident-manager/operations/incidents/get-response-plan.ts'
import { listRelatedItems } from '../../lib/incident-manager/operations/incidents/list-related-items.ts'
import { updateRelatedItems } from '../../lib/incident-manager/operations/incidents/update-related-items.ts'
import { openDesk, pagedBy, person, start as engage } from './contacts/desk.ts'
import { PLAN, start, worldWithPlan } from './incidents/world.ts'

test('One person is paged by as many engagements at once as there are', async () => {
  const desk = await openDesk()
  const { arn } = await person(desk, 'ann')
  for (let number = 1; number <= 5; number++) await engage(desk, arn, { IdempotencyToken: `call-${number}` })
  expect(pagedBy(desk)).toEqual(['ann', 'ann', 'ann', 'ann', 'ann'])
})

test('An engagement whose plan is through has no StopTime, and one of a span began in it, its ends included', async () => {
  const desk = await openDesk()
  const { arn } = await person(desk, 'ann', { minutes: 5 })
  const EngagementId = await engage(desk, arn)
  const StartTime = desk.context.clock.now()
  await desk.sweep(60)
  expect((await describeEngagement({ EngagementId }, desk.context)).StopTime).toBeUndefined()
  const within = (begin: Date, end: Date) =>
    listEngagements({ TimeRangeValue: { StartTime: begin, EndTime: end } }, desk.context)
  expect((await within(StartTime, StartTime)).Engagements).toHaveLength(1)
  expect((await within(new Date(StartTime.getTime() + 1), desk.context.clock.now())).Engagements).toEqual([])
})

test('Related items move no lastModifiedTime, and have no id of the caller’s', async () => {
  const made = await worldWithPlan()
  const arn = await start(made, { clientToken: 'one', responsePlanArn: PLAN })
  const { incidentRecord } = await getIncidentRecord({ arn }, made.context)
  made.advance(5)
  const generatedId = 'related-item/OTHER/0123456789ABCDEF0123456789ABCDEF'
  const itemToAdd = { generatedId, identifier: { type: 'OTHER', value: { url: 'https://example.com' } } } as const
  await updateRelatedItems({ incidentRecordArn: arn, relatedItemsUpdate: { itemToAdd } }, made.context)
  const { relatedItems } = await listRelatedItems({ incidentRecordArn: arn }, made.context)
  expect(relatedItems).toHaveLength(1)
  expect(relatedItems).not.toMatchObject([{ generatedId }])
  const after = await getIncidentRecord({ arn }, made.context)
  expect(after.incidentRecord?.lastModifiedTime).toEqual(incidentRecord?.lastModifiedTime)
})

test('A manual start is invoked by nobody', async () => {
  const made = await worldWithPlan()
  const arn = await start(made, { clientToken: 'one', responsePlanArn: PLAN })
  const { incidentRecord } = await getIncidentRecord({ arn }, made.context)
  expect(incidentRecord?.incidentRecordSource).toEqual({
    createdBy: made.context.caller,
    source: 'aws.ssm-incidents.custom',
  })
})

test('A plan of another account is not found', async () => {
  const made = await worldWithPlan()
  const arn = PLAN.replace('111122223333', '444455556666')
  await expect(getResponsePlan({ arn }, made.context)).rejects.toThrow(`Response plan not found: ${arn}`)
})

test('A schedule has at most eight rotations', async () => {
  const { context } = await openDesk()
  const rotation = 'arn:aws:ssm-contacts:us-east-1:111122223333:rotation/01234567-89ab-4def-8123-456789abcde'
  const RotationIds = Array.from({ length: 9 }, (_, number) => `${rotation}${number}`)
  const schedule = { Alias: 'nine', Type: 'ONCALL_SCHEDULE', Plan: { RotationIds } } as const
  await expect(createContact(schedule, context)).rejects.toThrow(QuotaExceeded)
})

test('Activating a channel that is activated succeeds', async () => {
  const { context, messages } = await openDesk()
  const { ContactArn } = await createContact({ Alias: 'ann', Type: 'PERSONAL', Plan: { Stages: [] } }, context)
  const address = { Name: 'phone', Type: 'SMS', DeliveryAddress: { SimpleAddress: '+15005550100' } } as const
  const { ContactChannelArn } = await createContactChannel({ ContactId: ContactArn, ...address }, context)
  const activation = { ContactChannelId: ContactChannelArn, ActivationCode: messages[0]?.code }
  expect(await activateContactChannel(activation, context)).toEqual({})
  expect(await activateContactChannel(activation, context)).toEqual({})
})
