// Requests and answers byte by byte: what clients of other languages and broken ones send, and what they get.
import { describe, expect, test } from 'vitest'
import { AccessDenied } from '../../../lib/incident-manager/errors.ts'
import type { HttpRequest } from '../../../lib/incident-manager/protocol/http.ts'
import type { Handlers } from '../../../lib/incident-manager/protocol/wire.ts'
import { serveContacts, serveIncidents } from './loopback.ts'

const ARN = 'arn:aws:ssm-incidents::111122223333:response-plan/critical'
const CONTACT = 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/ops'

const request = (method: string, target: string, body: string | Uint8Array = '', headers = {}): HttpRequest => {
  const [path = '', query = ''] = target.split('?')
  return { method, path, query, headers, body: typeof body === 'string' ? Buffer.from(body) : body }
}
const post = (path: string, body: string | Uint8Array): HttpRequest =>
  request('POST', path, body, { 'content-type': 'application/json' })
const target = (name: string, body: string | Uint8Array = '{}'): HttpRequest =>
  request('POST', '/', body, { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': name })

/** Handlers that keep what they were given and answer `output`. */
function recording(output: object = {}) {
  const inputs: unknown[] = []
  const handler = async (input: object) => {
    inputs.push(input)
    return output
  }
  const handlers: Handlers = new Proxy({}, { get: () => handler })
  return { inputs, handlers }
}

describe('incidents: what is asked for', () => {
  test.each<[string, HttpRequest, object]>([
    ['an ARN in the query, encoded', request('GET', `/getResponsePlan?arn=${encodeURIComponent(ARN)}`), { arn: ARN }],
    ['an ARN in the query, as it is', request('GET', `/getResponsePlan?arn=${ARN}`), { arn: ARN }],
    ['a label, encoded', request('GET', `/tags/${encodeURIComponent(ARN)}`), { resourceArn: ARN }],
    ['a label that a proxy has decoded', request('GET', `/tags/${ARN}`), { resourceArn: ARN }],
    ['a label with an encoded percent sign', request('GET', '/tags/100%2525'), { resourceArn: '100%25' }],
    [
      'one query parameter many times',
      request('DELETE', `/tags/${encodeURIComponent(ARN)}?tagKeys=a&tagKeys=b%20c`),
      { resourceArn: ARN, tagKeys: ['a', 'b c'] },
    ],
    [
      'no body where one may be absent',
      request('POST', `/getResourcePolicies?resourceArn=${ARN}`),
      { resourceArn: ARN },
    ],
    ['an empty object', post(`/getResourcePolicies?resourceArn=${ARN}`, '{}'), { resourceArn: ARN }],
    [
      'what belongs into the query only from there',
      post(`/getResourcePolicies?resourceArn=${ARN}`, '{"resourceArn":"another","maxResults":5}'),
      { resourceArn: ARN, maxResults: 5 },
    ],
    [
      'a content type with a charset, in any case',
      request('POST', '/listIncidentRecords', '{"maxResults":5}', {
        'content-type': 'Application/JSON; charset=utf-8',
      }),
      { maxResults: 5 },
    ],
    ['no content type', request('POST', '/listIncidentRecords', '{"maxResults":5}'), { maxResults: 5 }],
    [
      'instants with milliseconds, in whole seconds and in exponent form',
      post(
        '/listIncidentRecords',
        '{"filters":[{"key":"creationTime","condition":{"before":1762571045.678}},{"key":"creationTime","condition":{"after":1762571045}},{"key":"creationTime","condition":{"after":1.762571045E9}}]}',
      ),
      {
        filters: [
          { key: 'creationTime', condition: { before: new Date('2025-11-08T03:04:05.678Z') } },
          { key: 'creationTime', condition: { after: new Date('2025-11-08T03:04:05.000Z') } },
          { key: 'creationTime', condition: { after: new Date('2025-11-08T03:04:05.000Z') } },
        ],
      },
    ],
    [
      'null for a member that has no value',
      post('/listIncidentRecords', '{"filters":null,"maxResults":5}'),
      { maxResults: 5 },
    ],
    [
      'names that every object has',
      post('/listIncidentRecords', '{"__proto__":{"maxResults":7},"constructor":1,"toString":2}'),
      {},
    ],
  ])('%s', async (_, request, expected) => {
    const { inputs, handlers } = recording()
    const { status, body } = await serveIncidents(handlers)(request)
    expect(body.startsWith('{"message"') ? body : inputs).toEqual([expected])
    expect(status).toBeLessThan(300)
  })

  test('a key named __proto__ is a key of a map like any other', async () => {
    const { inputs, handlers } = recording()
    await serveIncidents(handlers)(post(`/tags/${ARN}`, '{"tags":{"__proto__":"x"}}'))
    expect(JSON.stringify(inputs)).toBe(`[{"resourceArn":"${ARN}","tags":{"__proto__":"x"}}]`)
  })

  test('a call without an idempotency token gets one, a fresh one each time', async () => {
    const { inputs, handlers } = recording({ incidentRecordArn: ARN })
    const serve = serveIncidents(handlers)
    await serve(post('/startIncident', `{"responsePlanArn":"${ARN}"}`))
    await serve(post('/startIncident', `{"responsePlanArn":"${ARN}"}`))
    await serve(post('/startIncident', `{"responsePlanArn":"${ARN}","clientToken":"mine"}`))
    const tokens = inputs.map((input) => Reflect.get(Object(input), 'clientToken'))
    expect(tokens).toEqual([expect.stringMatching(/^[\w-]{36}$/), expect.stringMatching(/^[\w-]{36}$/), 'mine'])
    expect(new Set(tokens).size).toBe(3)
  })
})

describe('answers', () => {
  test('instants are epoch seconds with at most three decimals, what has no value is left out', async () => {
    const { handlers } = recording({
      incidentRecord: {
        arn: ARN,
        creationTime: new Date('2025-11-08T03:04:05.670Z'),
        lastModifiedTime: new Date('2025-11-08T03:04:05.001Z'),
        resolvedTime: undefined,
        unknownToTheModel: 1,
      },
    })
    const { status, headers, body } = await serveIncidents(handlers)(request('GET', `/getIncidentRecord?arn=${ARN}`))
    expect({ status, body }).toEqual({
      status: 200,
      body: `{"incidentRecord":{"arn":"${ARN}","creationTime":1762571045.67,"lastModifiedTime":1762571045.001}}`,
    })
    expect(headers).toEqual({
      'content-type': 'application/json',
      'x-amzn-requestid': expect.stringMatching(/^[\w-]{36}$/),
    })
  })

  test('204 has neither body nor content type', async () => {
    const { handlers } = recording()
    const answer = await serveIncidents(handlers)(request('POST', `/deleteReplicationSet?arn=${ARN}`))
    expect(answer).toEqual({ status: 204, headers: { 'x-amzn-requestid': expect.any(String) }, body: '' })
  })

  test('an empty answer of the contacts API is an empty object', async () => {
    const { handlers } = recording()
    const answer = await serveContacts(handlers)(target('SSMContacts.DeleteContact', `{"ContactId":"${CONTACT}"}`))
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: '{}' })
  })
})

describe('malformed requests of the incidents API', () => {
  const latin1 = Buffer.from('{"responsePlanArn":"Zürich"}', 'latin1')
  const deep = `{"responsePlanArn":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
  test.each<[string, HttpRequest, number, string, string]>([
    [
      'an unknown path',
      post('/startIncidents', '{}'),
      404,
      'UnknownOperationException',
      'There is no operation POST /startIncidents',
    ],
    [
      'another method',
      request('PUT', '/startIncident'),
      404,
      'UnknownOperationException',
      'There is no operation PUT /startIncident',
    ],
    [
      'a label without text',
      request('GET', '/tags/'),
      404,
      'UnknownOperationException',
      'There is no operation GET /tags/',
    ],
    ['no path at all', request('GET', ''), 404, 'UnknownOperationException', 'There is no operation GET '],
    [
      'half a percent-encoding',
      request('GET', '/tags/%E0%A4%A'),
      400,
      'SerializationException',
      'The path is not properly percent-encoded',
    ],
    ['no JSON', post('/startIncident', '{'), 400, 'SerializationException', 'The body is not valid JSON'],
    [
      'text that is not UTF-8',
      post('/startIncident', latin1),
      400,
      'SerializationException',
      'The body is not valid JSON',
    ],
    [
      'a list',
      post('/startIncident', '[]'),
      400,
      'SerializationException',
      'LIST_VALUE can not be converted to a structure',
    ],
    [
      'null',
      post('/startIncident', 'null'),
      400,
      'SerializationException',
      'NULL_VALUE can not be converted to a structure',
    ],
    [
      'a text, where parts travel in the query',
      post('/getResourcePolicies?resourceArn=a', '"{}"'),
      400,
      'SerializationException',
      'The body is not a JSON object',
    ],
    [
      'a number for a text',
      post('/startIncident', '{"responsePlanArn":1}'),
      400,
      'SerializationException',
      "NUMBER_VALUE can not be converted to a string at 'responsePlanArn'",
    ],
    [
      'a text for a number',
      post('/startIncident', '{"impact":"1"}'),
      400,
      'SerializationException',
      "STRING_VALUE can not be converted to an integer at 'impact'",
    ],
    [
      'a fraction for a number',
      post('/startIncident', '{"impact":1.5}'),
      400,
      'SerializationException',
      "NUMBER_VALUE can not be converted to an integer at 'impact'",
    ],
    [
      'a number of more than 32 bits',
      post('/startIncident', '{"impact":4294967297}'),
      400,
      'SerializationException',
      "NUMBER_VALUE can not be converted to an integer at 'impact'",
    ],
    [
      'a text for a truth value',
      post('/updateDeletionProtection', `{"arn":"${ARN}","deletionProtected":"true"}`),
      400,
      'SerializationException',
      "STRING_VALUE can not be converted to a boolean at 'deletionProtected'",
    ],
    [
      'an ISO instant',
      post('/createTimelineEvent', '{"eventTime":"2025-11-08T03:04:05Z"}'),
      400,
      'SerializationException',
      "STRING_VALUE can not be converted to a timestamp at 'eventTime'",
    ],
    [
      'an instant beyond the calendar',
      post('/createTimelineEvent', '{"eventTime":1e300}'),
      400,
      'SerializationException',
      "NUMBER_VALUE can not be converted to a timestamp at 'eventTime'",
    ],
    [
      'an object for a list',
      post('/startIncident', '{"relatedItems":{}}'),
      400,
      'SerializationException',
      "STRUCTURE_VALUE can not be converted to a list at 'relatedItems'",
    ],
    [
      'a list for an object',
      post('/startIncident', '{"triggerDetails":[]}'),
      400,
      'SerializationException',
      "LIST_VALUE can not be converted to a structure at 'triggerDetails'",
    ],
    [
      'a text in a list of objects',
      post('/startIncident', '{"relatedItems":["x"]}'),
      400,
      'SerializationException',
      "STRING_VALUE can not be converted to a structure at 'relatedItems.1.member'",
    ],
    [
      'a list for a map',
      post(`/tags/${ARN}`, '{"tags":[]}'),
      400,
      'SerializationException',
      "LIST_VALUE can not be converted to a map at 'tags'",
    ],
    [
      'nesting without end',
      post('/startIncident', deep),
      400,
      'SerializationException',
      "LIST_VALUE can not be converted to a string at 'responsePlanArn'",
    ],
    [
      'a form',
      request('POST', '/startIncident', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'UnsupportedMediaTypeException',
      'The content type of a body is application/json',
    ],
    [
      'a body that is too great',
      post('/startIncident', `"${'x'.repeat(1024 * 1024)}"`),
      413,
      'RequestEntityTooLargeException',
      'A body has at most 1048576 bytes',
    ],
    [
      'a query that is missing',
      request('GET', '/getResponsePlan'),
      400,
      'ValidationException',
      "1 validation error detected: Value null at 'arn' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a list in the query that is missing',
      request('DELETE', `/tags/${ARN}`),
      400,
      'ValidationException',
      "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null",
    ],
  ])('%s', async (_, request, status, name, message) => {
    const { inputs, handlers } = recording()
    const answer = await serveIncidents(handlers)(request)
    expect(answer).toEqual({
      status,
      headers: {
        'content-type': 'application/json',
        'x-amzn-errortype': name,
        'x-amzn-requestid': expect.stringMatching(/^[\w-]{36}$/),
      },
      body: JSON.stringify({ __type: name, message }),
    })
    expect(inputs).toEqual([])
  })
})

describe('malformed requests of the contacts API', () => {
  const form = { 'content-type': 'text/plain', 'x-amz-target': 'SSMContacts.ListContacts' }
  test.each<[string, HttpRequest, number, object]>([
    [
      'an unknown operation',
      target('SSMContacts.Nothing'),
      400,
      { __type: 'UnknownOperationException', Message: 'There is no operation SSMContacts.Nothing' },
    ],
    [
      'a name that every object has',
      target('SSMContacts.constructor'),
      400,
      { __type: 'UnknownOperationException', Message: 'There is no operation SSMContacts.constructor' },
    ],
    [
      'another service',
      target('AmazonSSM.ListContacts'),
      400,
      { __type: 'UnknownOperationException', Message: 'There is no operation AmazonSSM.ListContacts' },
    ],
    [
      'another path',
      { ...target('SSMContacts.ListContacts'), path: '/x' },
      400,
      {
        __type: 'UnknownOperationException',
        Message: 'There is no operation SSMContacts.ListContacts at /x, but at /: take the path out of the endpoint',
      },
    ],
    [
      'no JSON',
      target('SSMContacts.ListContacts', '{]'),
      400,
      { __type: 'SerializationException', Message: 'The body is not valid JSON' },
    ],
    [
      'a wrong type',
      target('SSMContacts.ListContacts', '{"MaxResults":"5"}'),
      400,
      { __type: 'SerializationException', Message: "STRING_VALUE can not be converted to an integer at 'maxResults'" },
    ],
    [
      'another content type',
      request('POST', '/', '{}', form),
      415,
      { __type: 'UnsupportedMediaTypeException', Message: 'The content type of a body is application/x-amz-json-1.1' },
    ],
    [
      'a body that is too great',
      target('SSMContacts.ListContacts', `"${'x'.repeat(1024 * 1024)}"`),
      413,
      { __type: 'RequestEntityTooLargeException', Message: 'A body has at most 1048576 bytes' },
    ],
  ])('%s', async (_, request, status, body) => {
    const { inputs, handlers } = recording()
    const answer = await serveContacts(handlers)(request)
    expect({ status: answer.status, body: JSON.parse(answer.body) }).toEqual({ status, body })
    expect(inputs).toEqual([])
  })
})

const refuse = () => {
  throw new AccessDenied('Not you')
}

test('a caller who is not let in learns nothing else', async () => {
  const { inputs, handlers } = recording()
  const unknown = await serveIncidents(handlers, refuse)(post('/nothing', '{'))
  expect(unknown).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' } })
  const contacts = await serveContacts(handlers, refuse)(target('SSMContacts.ListContacts'))
  expect(contacts).toMatchObject({ status: 400, body: '{"__type":"AccessDeniedException","Message":"Not you"}' })
  expect(inputs).toEqual([])
})
