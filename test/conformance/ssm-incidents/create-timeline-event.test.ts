// CreateTimelineEvent writes an event of the caller's own on an incident's timeline.
import {
  CreateTimelineEventCommand,
  type CreateTimelineEventCommandInput,
  DeleteTimelineEventCommand,
  GetTimelineEventCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newIncident } from '../fixtures.ts'

let account: Account
let incident = ''
const eventTime = new Date('2026-01-02T03:04:05.678Z')

beforeAll(async () => {
  account = await connect()
  incident = await newIncident(account)
}, 900_000)
afterAll(() => account.close(), 900_000)

const create = (more: Partial<CreateTimelineEventCommandInput> = {}) =>
  account.incidents.send(
    new CreateTimelineEventCommand({
      incidentRecordArn: incident,
      eventType: 'Custom Event',
      eventTime,
      eventData: '"Deployed"',
      ...more,
    }),
  )

describe('CreateTimelineEvent', () => {
  it('answers the id of the event, whose time is kept to the millisecond', async () => {
    const output = await create()
    expect(answered(output)).toEqual({
      incidentRecordArn: incident,
      eventId: expect.stringMatching(/^[0-9a-f-]{36}$/u),
    })
    expect(output.$metadata.httpStatusCode).toBe(201)
    const { event } = await account.incidents.send(new GetTimelineEventCommand(answered(output)))
    expect(event?.eventTime).toEqual(eventTime)
  })

  it('takes a note, and references to resources', async () => {
    const eventReferences = [{ resource: 'arn:aws:sns:us-east-1:111122223333:orders' }]
    const output = await create({ eventType: 'Note', eventReferences })
    const { event } = await account.incidents.send(new GetTimelineEventCommand(answered(output)))
    expect(event).toMatchObject({ eventType: 'Note', eventReferences })
  })

  it('answers the same for the same call again, and refuses its token for another', async () => {
    const clientToken = newName('token')
    const first = await create({ clientToken })
    expect(answered(await create({ clientToken }))).toEqual(answered(first))
    await expectRefusal(create({ clientToken, eventData: '"Other"' }), 'ConflictException', 409)
  })

  it('brings no event back that was deleted, when its call comes again', async () => {
    const clientToken = newName('token')
    const event = answered(await create({ clientToken }))
    await account.incidents.send(new DeleteTimelineEventCommand(event))
    expect(answered(await create({ clientToken }))).toEqual(event)
    const get = account.incidents.send(new GetTimelineEventCommand(event))
    await expectRefusal(get, 'ResourceNotFoundException', 404)
  })

  it('refuses the types that are the service’s own', () =>
    expectRefusal(create({ eventType: 'SSM Incident Start' }), 'ValidationException', 400))

  it('refuses data of more than 12,000 characters, and a call without data', async () => {
    const eventData = `"${'a'.repeat(12_000)}"`
    await expectViolation(create({ eventData }), [
      { value: `'${eventData}'`, at: 'eventData', must: 'have length less than or equal to 12000' },
    ])
    await expectViolation(create({ eventData: undefined }), [{ value: 'null', at: 'eventData', must: 'not be null' }])
  })

  it('knows no incident that does not exist', async () => {
    const other = absent(incident)
    await expectRefusal(create({ incidentRecordArn: other }), 'ResourceNotFoundException', 404, {
      resourceType: 'INCIDENT_RECORD',
      resourceIdentifier: other,
    })
  })
})
