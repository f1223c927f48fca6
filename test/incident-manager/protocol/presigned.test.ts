// A presigned URL lets in whoever has it, for exactly what was signed, for as long as it says.
import { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import { describe, expect, test } from 'vitest'
import type { HttpRequest } from '../../../lib/incident-manager/protocol/http.ts'
import { verifySignature } from '../../../lib/incident-manager/protocol/signature.ts'
import { ACCESS_KEY } from './signed.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const ARN = 'arn:aws:ssm-incidents::111122223333:incident-record/critical/ä b+c'
const MISMATCH = /^InvalidSignatureException: The request signature we calculated does not match/

interface ToSign {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly query: Record<string, string>
  readonly body?: string
}
interface Presigner {
  presign(request: ToSign, options: object): Promise<{ query: Record<string, string> }>
}
const isPresigner = (signer: object): signer is Presigner => 'presign' in signer

/** As the official client's own signer presigns it. */
async function presigned(given: Partial<ToSign> = {}, options: object = {}, credentials: object = ACCESS_KEY) {
  const client = new SSMIncidentsClient({ region: 'us-east-1', credentials: { ...ACCESS_KEY, ...credentials } })
  const signer = await client.config.signer()
  if (!isPresigner(signer)) throw new Error('The client cannot presign')
  const host = { host: 'tocsin.example.com' }
  const toSign: ToSign = {
    method: 'GET',
    protocol: 'https:',
    hostname: host.host,
    path: '/getIncidentRecord',
    query: { arn: ARN },
    ...given,
    headers: { ...host, ...given.headers },
  }
  const { query } = await signer.presign(toSign, { signingDate: NOW, expiresIn: 900, ...options })
  return { query, toSign }
}

const written = (query: Record<string, string>): string =>
  Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')

const asked = ({ query, toSign }: Awaited<ReturnType<typeof presigned>>): HttpRequest => ({
  method: toSign.method,
  path: toSign.path,
  query: written(query),
  headers: toSign.headers,
  body: Buffer.from(toSign.body ?? ''),
})

/** Who has signed it, or how it was refused. */
const judged = (request: HttpRequest, now = NOW, service = 'ssm-incidents'): Promise<string> => {
  const secretOf = async (id: string) => (id === ACCESS_KEY.accessKeyId ? ACCESS_KEY.secretAccessKey : undefined)
  return verifySignature(request, { service, region: 'us-east-1', now, secretOf }).catch((error: unknown) =>
    String(error),
  )
}
const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000)

describe('What the official signer has presigned is let in:', () => {
  test.each<[string, Partial<ToSign>]>([
    ['a GET', {}],
    ['a path', { path: `/tags/${encodeURIComponent(ARN)}`, query: {} }],
    ['a POST with its body', { method: 'POST', path: '/startIncident', query: {}, body: '{"title":"支払い"}' }],
    ['a header that it signs', { headers: { 'content-type': 'application/json' } }],
  ])('%s', async (_, given) => {
    expect(await judged(asked(await presigned(given)))).toBe(ACCESS_KEY.accessKeyId)
  })
})

describe('It is refused', () => {
  test.each<[string, (request: HttpRequest) => Partial<HttpRequest>]>([
    ['for another operation', () => ({ path: '/listIncidentRecords' })],
    ['with another method', () => ({ method: 'POST' })],
    ['with another query', ({ query }) => ({ query: query.replace('critical', 'other') })],
    ['with one more parameter', ({ query }) => ({ query: `${query}&extra=1` })],
    ['with a longer life', ({ query }) => ({ query: query.replace('Expires=900', 'Expires=901') })],
    ['with a body', () => ({ body: Buffer.from('{}') })],
    ['on another host', () => ({ headers: { host: 'other.example.com' } })],
    ['with no signature at all', ({ query }) => ({ query: query.replace(/Signature=\w{64}/, 'Signature=0') })],
  ])('%s', async (_, change) => {
    const request = asked(await presigned())
    expect(await judged({ ...request, ...change(request) })).toMatch(MISMATCH)
  })

  test('with an x-amz- header that it has not signed, and for another service or an unknown key', async () => {
    const request = asked(await presigned())
    const headers = { ...request.headers, 'x-amz-target': 'SSMContacts.DeleteContact' }
    expect(await judged({ ...request, headers })).toContain("'x-amz-target' must be a 'SignedHeader'")
    expect(await judged(request, NOW, 'ssm-contacts')).toContain("scoped to correct service: 'ssm-contacts'")
    expect(await judged(asked(await presigned({}, {}, { accessKeyId: 'AKIDOTHER' })))).toContain('security token')
  })

  test('with a session token: nobody is given one', async () => {
    const request = asked(await presigned({}, {}, { sessionToken: 'temporary' }))
    expect(await judged(request)).toMatch(/^UnrecognizedClientException/)
  })
})

describe('Its life', () => {
  test('lasts to the second', async () => {
    const request = asked(await presigned())
    expect(await judged(request, after(900))).toBe(ACCESS_KEY.accessKeyId)
    expect(await judged(request, after(901))).toBe(
      'InvalidSignatureException: Signature expired: 20260301T120000Z is now earlier than 20260301T120001Z (20260301T121501Z - 15 min.)',
    )
  })

  test('begins when it was signed, give or take five minutes', async () => {
    const request = asked(await presigned())
    expect(await judged(request, after(-300))).toBe(ACCESS_KEY.accessKeyId)
    expect(await judged(request, after(-301))).toMatch(/^InvalidSignatureException: Signature not yet current/)
  })

  test('is a week at most', async () => {
    const week = asked(await presigned({}, { expiresIn: 604_800 }))
    expect(await judged(week, after(604_800))).toBe(ACCESS_KEY.accessKeyId)
    expect(await judged({ ...week, query: week.query.replace('604800', '604801') })).toBe(
      'IncompleteSignatureException: X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    )
  })
})

test.each([
  [/X-Amz-Expires=\d+/, 'X-Amz-Expires=soon', 'X-Amz-Expires should be a number'],
  [/X-Amz-Expires=\d+/, 'X-Amz-Expires=-1', 'X-Amz-Expires must be non-negative'],
  [/X-Amz-Expires=\d+&/, '', "AWS query-string parameters must include 'X-Amz-Expires'."],
  [/X-Amz-Date=\w+&/, '', "AWS query-string parameters must include 'X-Amz-Date'."],
  [/X-Amz-Credential=/, 'X-Amz-Credential=a%2F', 'Credential must have exactly 5 slash-delimited elements'],
  [/X-Amz-Algorithm=[\w-]+/, 'X-Amz-Algorithm=AWS4-ECDSA', "Unsupported AWS 'algorithm': 'AWS4-ECDSA'."],
  [/X-Amz-Date=\w+/, 'X-Amz-Date=today', "Date must be in ISO-8601 'basic format'. Got 'today'."],
])('A query with %s as %j is incomplete', async (part, instead, message) => {
  const request = asked(await presigned())
  const query = request.query.replace(part, instead)
  expect(query).not.toBe(request.query)
  expect(await judged({ ...request, query })).toContain(`IncompleteSignatureException: ${message}`)
})
