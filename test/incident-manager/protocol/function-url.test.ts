// A Lambda function URL's event is the request that was sent, byte by byte.
import type { LambdaFunctionURLEvent } from 'aws-lambda'
import { expect, test } from 'vitest'
import { fromFunctionUrl, toFunctionUrl } from '../../../lib/incident-manager/protocol/function-url.ts'

const event = (more: Partial<LambdaFunctionURLEvent>): LambdaFunctionURLEvent => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: '/',
  rawQueryString: '',
  headers: {},
  isBase64Encoded: false,
  requestContext: {
    accountId: 'anonymous',
    apiId: 'abc',
    domainName: 'abc.lambda-url.us-east-1.on.aws',
    domainPrefix: 'abc',
    http: { method: 'POST', path: '/', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
    requestId: 'id',
    routeKey: '$default',
    stage: '$default',
    time: '08/Nov/2025:03:04:05 +0000',
    timeEpoch: 1762571045000,
  },
  ...more,
})

test('path and query keep their encoding, header names are in lower case', () => {
  const request = fromFunctionUrl(
    event({ rawPath: '/tags/arn%3Aaws%2Fx', rawQueryString: 'tagKeys=a%20b', headers: { 'X-Amz-Target': 'T' } }),
  )
  expect(request).toMatchObject({
    method: 'POST',
    path: '/tags/arn%3Aaws%2Fx',
    query: 'tagKeys=a%20b',
    headers: { 'x-amz-target': 'T' },
  })
})

test.each([
  ['text', { body: '{"a":"ü"}' }, '{"a":"ü"}'],
  ['base64', { body: Buffer.from('{"a":"ü"}').toString('base64'), isBase64Encoded: true }, '{"a":"ü"}'],
  ['nothing', {}, ''],
])('a body of %s', (_, more, expected) => {
  expect(Buffer.from(fromFunctionUrl(event(more)).body).toString()).toBe(expected)
})

test('the answer', () => {
  expect(toFunctionUrl({ status: 201, headers: { 'content-type': 'application/json' }, body: '{}' })).toEqual({
    statusCode: 201,
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
})
