// Every kind of broken constraint is refused in AWS's words, all of a request's at once.
import { AcceptPageCommand, CreateContactCommand, SSMContactsServiceException } from '@aws-sdk/client-ssm-contacts'
import { SSMIncidentsServiceException } from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ssmContacts } from '../../../lib/incident-manager/model/ssm-contacts.generated.ts'
import { ssmIncidents } from '../../../lib/incident-manager/model/ssm-incidents.generated.ts'
import { matches } from '../../../lib/incident-manager/protocol/patterns.ts'
import { readInput } from '../../../lib/incident-manager/protocol/read.ts'
import { loopback, serveContacts, serveIncidents, type Loopback } from './loopback.ts'

const PLAN = 'arn:aws:ssm-incidents::111122223333:response-plan/critical'
const ROLE = 'arn:aws:iam::111122223333:role/runbooks'
const CHANNEL = 'arn:aws:ssm-contacts:us-east-1:111122223333:contact-channel/ops/01234567'

const refusalOf = (model: typeof ssmIncidents, shape: string, input: object): string => {
  try {
    readInput(model, shape, input)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'accepted'
}

const template = { title: 'T', impact: 1 }
const one = (clause: string) => `1 validation error detected: Value ${clause}`

describe('incidents', () => {
  test.each<[string, string, object, string]>([
    [
      'a missing member',
      'StartIncidentInput',
      {},
      "null at 'responsePlanArn' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a null member',
      'StartIncidentInput',
      { responsePlanArn: null },
      "null at 'responsePlanArn' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a missing member, deep',
      'CreateResponsePlanInput',
      { name: 'p', incidentTemplate: { title: 'T' } },
      "null at 'incidentTemplate.impact' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a text too long',
      'CreateResponsePlanInput',
      { name: 'p', incidentTemplate: { ...template, title: 'x'.repeat(201) } },
      `'${'x'.repeat(201)}' at 'incidentTemplate.title' failed to satisfy constraint: Member must have length less than or equal to 200`,
    ],
    [
      'a pattern',
      'GetIncidentRecordInput',
      { arn: 'nonsense' },
      "'nonsense' at 'arn' failed to satisfy constraint: Member must satisfy regular expression pattern: ^arn:aws(-cn|-us-gov)?:[a-z0-9-]*:[a-z0-9-]*:([0-9]{12})?:.+$",
    ],
    [
      'an enum',
      'UpdateIncidentRecordInput',
      { arn: PLAN, status: 'CLOSED' },
      "'CLOSED' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [OPEN, RESOLVED]",
    ],
    [
      'a number too small',
      'UpdateIncidentRecordInput',
      { arn: PLAN, impact: 0 },
      "'0' at 'impact' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'a number too great',
      'UpdateIncidentRecordInput',
      { arn: PLAN, impact: 6 },
      "'6' at 'impact' failed to satisfy constraint: Member must have value less than or equal to 5",
    ],
    [
      'a list too long',
      'ListIncidentRecordsInput',
      { filters: Array.from({ length: 6 }, () => ({ key: 'impact', condition: { equals: { integerValues: [1] } } })) },
      `'[${Array(6).fill('{condition={equals={integerValues=[1]}}, key=impact}').join(', ')}]' at 'filters' failed to satisfy constraint: Member must have length less than or equal to 5`,
    ],
    [
      'a list too short',
      'UpdateReplicationSetInput',
      { arn: PLAN, actions: [] },
      "'[]' at 'actions' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'an element of a list',
      'UpdateResponsePlanInput',
      { arn: PLAN, engagements: ['nobody'] },
      "'[nobody]' at 'engagements' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: ^arn:aws(-cn|-us-gov)?:ssm-contacts:[a-z0-9-]*:([0-9]{12}):contact/[a-z0-9_-]+$]",
    ],
    [
      'a null in a list',
      'UpdateResponsePlanInput',
      { arn: PLAN, engagements: [null] },
      "null at 'engagements.1.member' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a member within a list',
      'CreateTimelineEventInput',
      {
        incidentRecordArn: PLAN,
        eventTime: 0,
        eventType: 'Note',
        eventData: '{}',
        clientToken: 't',
        eventReferences: [{ resource: PLAN }, { resource: 'nonsense' }],
      },
      "'nonsense' at 'eventReferences.2.member.resource' failed to satisfy constraint: Member must satisfy regular expression pattern: ^arn:aws(-cn|-us-gov)?:[a-z0-9-]*:[a-z0-9-]*:([0-9]{12})?:.+$",
    ],
    [
      'a key of a map',
      'TagResourceRequest',
      { resourceArn: PLAN, tags: { 'aws:team': 'ops' } },
      "'{aws:team=ops}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^(?!aws:)[A-Za-z0-9 _=@:.+-/]+$]",
    ],
    [
      'a value of a map',
      'TagResourceRequest',
      { resourceArn: PLAN, tags: { team: 'ops!' } },
      "'{team=ops!}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: ^[A-Za-z0-9 _=@:.+-/]*$]",
    ],
    [
      'a member within a map',
      'CreateReplicationSetInput',
      { regions: { 'us-east-1': { sseKmsKeyId: 'k'.repeat(2049) } } },
      `'${'k'.repeat(2049)}' at 'regions.us-east-1.member.sseKmsKeyId' failed to satisfy constraint: Member must have length less than or equal to 2048`,
    ],
    [
      'a union with no member',
      'UpdateRelatedItemsInput',
      { incidentRecordArn: PLAN, relatedItemsUpdate: {} },
      "'{}' at 'relatedItemsUpdate' failed to satisfy constraint: Member must have exactly one of [itemToAdd, itemToRemove]",
    ],
    [
      'a union with two members',
      'UpdateIncidentRecordInput',
      { arn: PLAN, chatChannel: { empty: {}, chatbotSns: ['arn:aws:sns:us-east-1:111122223333:t'] } },
      "'{chatbotSns=[arn:aws:sns:us-east-1:111122223333:t], empty={}}' at 'chatChannel' failed to satisfy constraint: Member must have exactly one of [chatbotSns, empty]",
    ],
  ])('%s', (_, shape, input, expected) => {
    expect(refusalOf(ssmIncidents, shape, input)).toBe(one(expected))
  })

  test('several violations are one message', () => {
    const ssmAutomation = { documentName: 'Run', roleArn: ROLE, dynamicParameters: {}, parameters: {} }
    const actions = [{ ssmAutomation }]
    expect(refusalOf(ssmIncidents, 'CreateResponsePlanInput', { name: 'p', incidentTemplate: template, actions })).toBe(
      "2 validation errors detected: Value '{}' at 'actions.1.member.ssmAutomation.dynamicParameters' failed to satisfy constraint: " +
        "Member must have length greater than or equal to 1; Value '{}' at 'actions.1.member.ssmAutomation.parameters' failed to satisfy constraint: " +
        'Member must have length greater than or equal to 1',
    )
  })

  test.each<[string, string, object]>([
    ['an empty display name', 'CreateResponsePlanInput', { name: 'p', incidentTemplate: template, displayName: '' }],
    ['a cleared chat channel', 'UpdateResponsePlanInput', { arn: PLAN, chatChannel: { empty: {} } }],
    ['cleared engagements', 'UpdateResponsePlanInput', { arn: PLAN, engagements: [] }],
    ['members that the model does not have', 'GetIncidentRecordInput', { arn: PLAN, colour: { deep: ['red'] } }],
    ['200 characters of two units each', 'StartIncidentInput', { responsePlanArn: PLAN, title: '🔔'.repeat(200) }],
    ['the same tag key as a prototype has', 'TagResourceRequest', { resourceArn: PLAN, tags: { constructor: 'ops' } }],
  ])('%s is accepted', (_, shape, input) => {
    expect(refusalOf(ssmIncidents, shape, input)).toBe('accepted')
  })
})

describe('contacts', () => {
  let server: Loopback
  beforeAll(async () => {
    server = await loopback(
      serveContacts({ CreateContact: async () => ({ ContactArn: CHANNEL }), AcceptPage: async () => ({}) }),
    )
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test('a violation names its field, in the message and by itself', async () => {
    const error = await server.contacts
      .send(new AcceptPageCommand({ PageId: CHANNEL, AcceptType: 'READ', AcceptCode: '12a' }))
      .catch((error: unknown) => error)
    expect(error).toBeInstanceOf(SSMContactsServiceException)
    const pattern = 'Member must satisfy regular expression pattern: ^[0-9]*$'
    const length = 'Member must have length greater than or equal to 6'
    expect(error).toMatchObject({
      name: 'ValidationException',
      message: `2 validation errors detected: Value '12a' at 'acceptCode' failed to satisfy constraint: ${pattern}; Value '12a' at 'acceptCode' failed to satisfy constraint: ${length}`,
      Reason: 'FIELD_VALIDATION_FAILED',
      Fields: [
        { Name: 'acceptCode', Message: pattern },
        { Name: 'acceptCode', Message: length },
      ],
      $metadata: { httpStatusCode: 400 },
    })
  })

  test('a stage that is too long is found within the plan', async () => {
    const Plan = {
      Stages: [
        { DurationInMinutes: 5, Targets: [] },
        { DurationInMinutes: 31, Targets: [] },
      ],
    }
    const send = server.contacts.send(new CreateContactCommand({ Alias: 'ops', Type: 'PERSONAL', Plan }))
    await expect(send).rejects.toThrow(
      one(
        "'31' at 'plan.stages.2.member.durationInMinutes' failed to satisfy constraint: Member must have value less than or equal to 30",
      ),
    )
  })

  const settings = { NumberOfOnCalls: 1, RecurrenceMultiplier: 1 }
  test.each<[string, string, object, string]>([
    [
      'a missing member',
      'DescribePageRequest',
      {},
      "null at 'pageId' failed to satisfy constraint: Member must not be null",
    ],
    [
      'an enum',
      'CreateContactChannelRequest',
      { ContactId: CHANNEL, Name: 'n', Type: 'FAX', DeliveryAddress: {} },
      "'FAX' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [SMS, VOICE, EMAIL]",
    ],
    [
      'a pattern of letters in any script',
      'UpdateContactRequest',
      { ContactId: CHANNEL, DisplayName: 'Ops!' },
      "'Ops!' at 'displayName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\p{L}\\p{Z}\\p{N}_.\\-]*$",
    ],
    [
      'an enum key of a map',
      'UpdateRotationRequest',
      { RotationId: CHANNEL, Recurrence: { ...settings, ShiftCoverages: { Monday: [] } } },
      "'{Monday=[]}' at 'recurrence.shiftCoverages' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy enum value set: [MON, TUE, WED, THU, FRI, SAT, SUN]]",
    ],
    [
      'a number within lists within a map',
      'UpdateRotationRequest',
      {
        RotationId: CHANNEL,
        Recurrence: { ...settings, ShiftCoverages: { MON: [{ Start: { HourOfDay: 24, MinuteOfHour: 0 } }] } },
      },
      "'24' at 'recurrence.shiftCoverages.MON.member.1.member.start.hourOfDay' failed to satisfy constraint: Member must have value less than or equal to 23",
    ],
    [
      'an element of a list',
      'UntagResourceRequest',
      { ResourceARN: CHANNEL, TagKeys: ['a b'] },
      "'[a b]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^[\\\\\\/a-zA-Z0-9_+=\\-]*$]",
    ],
  ])('%s', (_, shape, input, expected) => {
    expect(refusalOf(ssmContacts, shape, input)).toBe(one(expected))
  })
})

describe('patterns', () => {
  const patterns = [ssmIncidents, ssmContacts].flatMap(({ shapes }): [string, string][] =>
    Object.entries(shapes).flatMap(([name, shape]) =>
      shape.type === 'string' && shape.pattern !== undefined ? [[name, shape.pattern]] : [],
    ),
  )

  test.each(patterns)('%s compiles and answers at once, whatever the text', (_, pattern) => {
    const start = performance.now()
    for (const hostile of [
      'a'.repeat(50_000),
      ' '.repeat(395_000),
      '\n'.repeat(395_000),
      `arn:aws:ssm-contacts:us-east-1:1:${'a'.repeat(2000)}!`,
      `${'arn:aws:'.repeat(5_000)}\u0000`,
      `related-item/METRIC/${'A'.repeat(50_000)}`,
    ])
      matches(pattern, hostile)
    expect(performance.now() - start).toBeLessThan(2000)
  })

  test.each([
    ['^[0-9]*$', '123456\n', false],
    ['[a-z]+', 'abc!', false],
    ['[a-z]+', 'abc', true],
    ['.*\\S.*', 'first\n second', true],
    ['.*\\S.*', ' \n\t', false],
    ['^[\\p{L}]*$', 'Zürich東京', true],
    ['arn:x:([\\w+=\\/,.@:-]+)*', 'arn:x:', true],
    ['arn:x:([\\w+=\\/,.@:-]+)*', 'arn:x:a/b', true],
    ['arn:x:([\\w+=\\/,.@:-]+)*', 'arn:x:a b', false],
  ])('%s on %j: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected)
  })
})

test('a constraint of the incidents API reaches its client as a ValidationException', async () => {
  await using server = await loopback(serveIncidents({ StartIncident: async () => ({}) }))
  const { StartIncidentCommand, ValidationException } = await import('@aws-sdk/client-ssm-incidents')
  const error = await server.incidents
    .send(new StartIncidentCommand({ responsePlanArn: PLAN, impact: 9 }))
    .catch((error: unknown) => error)
  expect(error).toBeInstanceOf(SSMIncidentsServiceException)
  expect(error).toBeInstanceOf(ValidationException)
  expect(error).toMatchObject({
    message: one("'9' at 'impact' failed to satisfy constraint: Member must have value less than or equal to 5"),
    $metadata: { httpStatusCode: 400 },
  })
})
