// Each error of an operation arrives as the exception class of its API's client, with all its members.
import * as contactsSdk from '@aws-sdk/client-ssm-contacts'
import * as incidentsSdk from '@aws-sdk/client-ssm-incidents'
import { expect, test } from 'vitest'
import {
  AccessDenied,
  Conflict,
  QuotaExceeded,
  ResourceNotFound,
  Throttled,
  ValidationFailed,
  type ServiceError,
} from '../../../lib/incident-manager/errors.ts'
import { ItemTooLarge } from '../../../lib/aws/table/table.ts'
import { loopback, serveContacts, serveIncidents } from './loopback.ts'

const ARN = 'arn:aws:ssm-incidents::111122223333:response-plan/critical'
const retryAfter = new Date('2025-11-08T03:04:05.678Z')

const cases: [ServiceError, object, object][] = [
  [
    new ValidationFailed('That cannot be', 'OTHER'),
    { name: 'ValidationException', message: 'That cannot be', $metadata: { httpStatusCode: 400 } },
    { name: 'ValidationException', message: 'That cannot be', Reason: 'OTHER' },
  ],
  [
    new ValidationFailed('Bad name', 'FIELD_VALIDATION_FAILED', [{ name: 'alias', message: 'is taken' }]),
    { name: 'ValidationException', message: 'Bad name' },
    {
      name: 'ValidationException',
      Reason: 'FIELD_VALIDATION_FAILED',
      Fields: [{ Name: 'alias', Message: 'is taken' }],
    },
  ],
  [
    new ResourceNotFound('No such thing', { type: 'RESPONSE_PLAN', id: ARN }),
    {
      name: 'ResourceNotFoundException',
      message: 'No such thing',
      resourceIdentifier: ARN,
      resourceType: 'RESPONSE_PLAN',
      $metadata: { httpStatusCode: 404 },
    },
    { name: 'ResourceNotFoundException', message: 'No such thing', ResourceId: ARN, ResourceType: 'RESPONSE_PLAN' },
  ],
  [
    new Conflict('Another was first', { type: 'INCIDENT_RECORD', id: ARN }, retryAfter),
    {
      name: 'ConflictException',
      message: 'Another was first',
      resourceIdentifier: ARN,
      resourceType: 'INCIDENT_RECORD',
      retryAfter,
      $metadata: { httpStatusCode: 409 },
    },
    { name: 'ConflictException', message: 'Another was first', ResourceId: ARN, ResourceType: 'INCIDENT_RECORD' },
  ],
  [
    new QuotaExceeded('Too many', 'related-items', { type: 'INCIDENT_RECORD', id: ARN }),
    {
      name: 'ServiceQuotaExceededException',
      message: 'Too many',
      quotaCode: 'related-items',
      serviceCode: 'ssm-incidents',
      resourceIdentifier: ARN,
      resourceType: 'INCIDENT_RECORD',
      $metadata: { httpStatusCode: 402 },
    },
    {
      name: 'ServiceQuotaExceededException',
      QuotaCode: 'related-items',
      ServiceCode: 'ssm-contacts',
      ResourceId: ARN,
      ResourceType: 'INCIDENT_RECORD',
    },
  ],
  [
    new AccessDenied('Not you'),
    { name: 'AccessDeniedException', message: 'Not you', $metadata: { httpStatusCode: 403 } },
    { name: 'AccessDeniedException', message: 'Not you' },
  ],
  [
    new Throttled('Slow down', 'start-incident'),
    {
      name: 'ThrottlingException',
      message: 'Slow down',
      quotaCode: 'start-incident',
      serviceCode: 'ssm-incidents',
      $metadata: { httpStatusCode: 429 },
    },
    { name: 'ThrottlingException', message: 'Slow down', QuotaCode: 'start-incident', ServiceCode: 'ssm-contacts' },
  ],
]

test.each(cases)('%s reaches both clients whole', async (refusal, incidents, contacts) => {
  const fail = () => Promise.reject(refusal)
  await using first = await loopback(serveIncidents({ GetResponsePlan: fail }))
  const fromIncidents = await first.incidents
    .send(new incidentsSdk.GetResponsePlanCommand({ arn: ARN }))
    .catch((error: unknown) => error)
  expect(fromIncidents).toBeInstanceOf(Reflect.get(incidentsSdk, refusal.name))
  expect(fromIncidents).toMatchObject(incidents)

  await using second = await loopback(serveContacts({ ListContacts: fail }))
  const fromContacts = await second.contacts
    .send(new contactsSdk.ListContactsCommand({}))
    .catch((error: unknown) => error)
  expect(fromContacts).toBeInstanceOf(Reflect.get(contactsSdk, refusal.name))
  expect(fromContacts).toMatchObject({ ...contacts, $metadata: { httpStatusCode: 400 } })
})

test('what one item of the table cannot hold is refused as invalid by both', async () => {
  const fail = () => Promise.reject(new ItemTooLarge({ pk: 'contact#ana', sk: 'contact' }))
  await using server = await loopback(serveIncidents({ GetResponsePlan: fail }))
  await using other = await loopback(serveContacts({ ListContacts: fail }))
  const refusal = {
    name: 'ValidationException',
    message: 'Invalid value provided - the resource would be larger than 400 KB',
    $metadata: { httpStatusCode: 400 },
  }
  const plan = server.incidents.send(new incidentsSdk.GetResponsePlanCommand({ arn: ARN }))
  await expect(plan).rejects.toMatchObject(refusal)
  await expect(other.contacts.send(new contactsSdk.ListContactsCommand({}))).rejects.toMatchObject(refusal)
})

test.each<[string, () => Promise<object>]>([
  ['an error that nobody foresaw', () => Promise.reject(new Error('secret detail of the table'))],
  ['something thrown that is no error', () => Promise.reject('secret detail')],
  ['an answer with an invalid instant', async () => ({ incidentRecord: { creationTime: new Date(NaN) } })],
  ['an answer of a wrong type', async () => ({ incidentRecord: 'secret detail' })],
])('%s becomes an InternalServerException that tells the request id and nothing else', async (_, handler) => {
  await using server = await loopback(serveIncidents({ GetIncidentRecord: handler }))
  const error = await server.incidents
    .send(new incidentsSdk.GetIncidentRecordCommand({ arn: ARN }))
    .catch((error: unknown) => error)
  expect(error).toBeInstanceOf(incidentsSdk.InternalServerException)
  if (!(error instanceof incidentsSdk.InternalServerException)) return
  expect(error.message).toBe(`Internal server error, request id ${error.$metadata.requestId}`)
  expect(error.$metadata.httpStatusCode).toBe(500)
})

test('the contacts API has the same for what nobody foresaw', async () => {
  await using server = await loopback(serveContacts({ ListContacts: () => Promise.reject(new TypeError('secret')) }))
  const error = await server.contacts.send(new contactsSdk.ListContactsCommand({})).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(contactsSdk.InternalServerException)
  expect(error).toMatchObject({
    message: expect.stringMatching(/^Internal server error, request id [\w-]{36}$/),
    $metadata: { httpStatusCode: 500 },
  })
})
