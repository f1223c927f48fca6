// A signature lets in who has the key, for exactly what was signed, and nobody for anything else.
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plusSeconds } from '../../../lib/aws/instants.ts'
import type { HttpRequest } from '../../../lib/incident-manager/protocol/http.ts'
import { verifySignature, type Expected } from '../../../lib/incident-manager/protocol/signature.ts'
import type { Loopback } from './loopback.ts'
import { ACCESS_KEY, CONTACTS, INCIDENTS, recorded } from './signed.ts'

const run = promisify(execFile)

type Given = Partial<Expected>

/** Who has signed it, by default with the key of the recordings and a moment ago; or how it was refused. */
async function judged(request: HttpRequest | undefined, given: Given = {}): Promise<string> {
  if (!request) throw new Error('nothing was sent')
  const service = request.headers['x-amz-target'] === undefined ? 'ssm-incidents' : 'ssm-contacts'
  const secretOf = async (id: string) => (id === ACCESS_KEY.accessKeyId ? ACCESS_KEY.secretAccessKey : undefined)
  return verifySignature(request, { service, region: 'us-east-1', now: new Date(), secretOf, ...given }).catch(
    (error: unknown) => String(error),
  )
}

const MISMATCH =
  'InvalidSignatureException: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

describe('The official client signs, and is let in with', () => {
  test.each([...INCIDENTS, ...CONTACTS])('%s', async (_, send) => {
    const requests = await recorded(send)
    expect(await Promise.all(requests.map((request) => judged(request)))).toEqual([ACCESS_KEY.accessKeyId])
  })
})

const PYTHON = `
import boto3, sys
settings = dict(endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='AKIDTEST', aws_secret_access_key='secret')
incidents = boto3.client('ssm-incidents', **settings)
contacts = boto3.client('ssm-contacts', **settings)
plan = 'arn:aws:ssm-incidents::111122223333:response-plan/critical'
incidents.start_incident(responsePlanArn=plan, title='Zahlung – 支払い 💥')
incidents.get_replication_set(arn=plan + ' +&=%')
incidents.tag_resource(resourceArn=plan, tags={'team': 'ä b'})
incidents.untag_resource(resourceArn=plan, tagKeys=['zone', 'a b', 'a+b', 'ü/*~(!)'])
contacts.list_contacts()
contacts.create_contact(Alias='ann', DisplayName='Ännchen 💡', Type='PERSONAL', Plan={'Stages': []})
`
const AWS_CLI = [
  ['ssm-incidents', 'list-tags-for-resource', '--resource-arn', 'arn:aws:ssm-incidents::111122223333:response-plan/a'],
  ['ssm-incidents', 'delete-replication-set', '--arn', 'arn:aws:ssm-incidents::111122223333:replication-set/ü b'],
  ['ssm-contacts', 'get-contact', '--contact-id', 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/ann'],
]
const has = (program: string, ...args: string[]): boolean => {
  const found = spawnSync(program, args).status === 0
  if (!found) console.log(`SKIPPED: signatures of ${[program, ...args].join(' ')}, which this machine lacks`)
  return found
}

describe('Other official signers are let in', () => {
  const judgements = async (send: (server: Loopback) => Promise<unknown>): Promise<string[]> => {
    const requests = await recorded(send)
    return Promise.all(requests.map((request) => judged(request)))
  }

  test.skipIf(!has('python3', '-c', 'import boto3'))('boto3', async () => {
    const found = await judgements(({ url }) => run('python3', ['-c', PYTHON, url]))
    expect(found).toEqual(Array<string>(6).fill(ACCESS_KEY.accessKeyId))
  })

  test.skipIf(!has('aws', '--version'))('the AWS CLI', async () => {
    const key = { AWS_ACCESS_KEY_ID: ACCESS_KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: ACCESS_KEY.secretAccessKey }
    const env = { ...process.env, ...key, AWS_DEFAULT_REGION: 'us-east-1' }
    const found = await judgements(({ url }) =>
      Promise.all(AWS_CLI.map((args) => run('aws', ['--endpoint-url', url, ...args], { env }))),
    )
    expect(found).toEqual(AWS_CLI.map(() => ACCESS_KEY.accessKeyId))
  })
})

describe('The signatures that AWS publishes are right (aws-sig-v4-test-suite)', () => {
  const BODY = '9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e'
  const vanilla = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'
  const query = 'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb'
  const unreserved = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  test.each<[name: string, line: string, headers: Record<string, string>, signature: string]>([
    ['get-vanilla', 'GET /', {}, vanilla],
    ['get-relative', 'GET /example/..', {}, vanilla],
    ['get-relative-relative', 'GET /example1/example2/../..', {}, vanilla],
    ['get-slash', 'GET //', {}, vanilla],
    ['get-slash-dot-slash', 'GET /./', {}, vanilla],
    [
      'get-slash-pointless-dot',
      'GET /./example',
      {},
      'ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5',
    ],
    ['get-slashes', 'GET //example//', {}, '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84'],
    ['get-space', 'GET /example space/', {}, '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741'],
    ['get-unreserved', `GET /${unreserved}`, {}, '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f'],
    ['get-utf8', 'GET /ሴ', {}, '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
    ['get-vanilla-empty-query-key', 'GET /?Param1=value1', {}, query],
    [
      'get-vanilla-query-order-encoded',
      'GET /?Param-3=Value3&Param=Value2&%E1%88%B4=Value1',
      {},
      '371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac',
    ],
    [
      'get-vanilla-query-order-key-case',
      'GET /?Param2=value2&Param1=value1',
      {},
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-vanilla-query-unreserved',
      `GET /?${unreserved}=${unreserved}`,
      {},
      '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
    ],
    ['get-vanilla-utf8-query', 'GET /?ሴ=bar', {}, '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04'],
    [
      'get-header-key-duplicate',
      'GET /',
      { 'my-header1': 'value2,value2,value1' },
      'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
    ],
    [
      'get-header-value-order',
      'GET /',
      { 'my-header1': 'value4,value1,value3,value2' },
      '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01',
    ],
    [
      'get-header-value-multiline',
      'GET /',
      { 'my-header1': 'value1\n  value2\n     value3' },
      'cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd',
    ],
    [
      'get-header-value-trim',
      'GET /',
      { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    ],
    ['post-vanilla', 'POST /', {}, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'post-vanilla-query',
      'POST /?Param1=value1',
      {},
      '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
    ],
    [
      'post-header-value-case',
      'POST /',
      { 'my-header1': 'VALUE1' },
      'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
    ],
    [
      'post-x-www-form-urlencoded',
      'POST / Param1=value1',
      {
        'content-length': '13',
        'content-type': 'application/x-www-form-urlencoded',
        'x-amz-content-sha256': BODY,
      },
      'd3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b',
    ],
  ])('%s', async (_, line, headers, signature) => {
    const [, method = '', path = '', asked = '', body = ''] =
      /^(\w+) (\/[^?]*?)(?:\?(.*?))?(?: (Param1=.*))?$/.exec(line) ?? []
    const all: Record<string, string> = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z', ...headers }
    all['authorization'] =
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${Object.keys(all).toSorted().join(';')}, Signature=${signature}`
    const request = { method, path, query: asked, headers: all, body: Buffer.from(body) }
    const given: Given = {
      service: 'service',
      now: new Date('2015-08-30T12:36:00Z'),
      secretOf: async () => 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    }
    expect(await judged(request, given)).toBe('AKIDEXAMPLE')
    expect(await judged({ ...request, body: Buffer.from('other') }, given)).toBe(MISMATCH)
  })
})

const having = (request: HttpRequest, headers: Record<string, string | undefined>): HttpRequest => ({
  ...request,
  headers: { ...request.headers, ...headers },
})

/** One request of each API, the two that say the most. */
async function examples(): Promise<[HttpRequest, HttpRequest]> {
  const [path] = await recorded(INCIDENTS[4]?.[1] ?? (async () => {}))
  const [body] = await recorded(CONTACTS[1]?.[1] ?? (async () => {}))
  if (!path || !body) throw new Error('nothing was sent')
  return [path, body]
}

describe('A request is refused', () => {
  const authorized = (change: (authorization: string) => string) => (request: HttpRequest) =>
    having(request, { authorization: change(request.headers['authorization'] ?? '') })
  const without = (name: string) =>
    authorized((header) => header.replace(new RegExp(`(SignedHeaders=.*?)(?:;${name}|${name};)`), '$1'))

  test.each<[what: string, change: (request: HttpRequest) => HttpRequest, refusal: string | RegExp, given?: Given]>([
    [
      'without a signature',
      (request) => having(request, { authorization: undefined }),
      'MissingAuthenticationTokenException: Missing Authentication Token',
    ],
    [
      'with another scheme, of which nothing is repeated',
      (request) => having(request, { authorization: 'Bearer c2VjcmV0' }),
      "IncompleteSignatureException: Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'dCu5pujVV2Bm+QJ7BGf9FUBZLB4KIgibSsV9emgv48I='.",
    ],
    [
      'without any of the parameters and a date',
      (request) => having(request, { authorization: 'AWS4-HMAC-SHA256', 'x-amz-date': undefined }),
      "IncompleteSignatureException: Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization=YI2YWea8FSxnksZL2ETHbs5elHm9HQufxTLK0W0ffV0=",
    ],
    [
      'with another algorithm',
      authorized((header) => header.replace('AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA512')),
      "IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'.",
    ],
    [
      'with a credential that is none',
      authorized((header) => header.replace(/Credential=[^,]+/, 'Credential=AKIDTEST/today')),
      "IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDTEST/today'.",
    ],
    [
      'with a date that is none',
      (request) => having(request, { 'x-amz-date': 'yesterday' }),
      "IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601",
    ],
    [
      'when its host is not signed',
      without('host'),
      "InvalidSignatureException: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    ],
    [
      'when its date is not signed',
      without('x-amz-date'),
      "InvalidSignatureException: 'x-amz-date' must be a 'SignedHeader' in the AWS Authorization.",
    ],
    [
      'when another x-amz- header is not signed',
      (request) => having(request, { 'x-amz-more': '1' }),
      "InvalidSignatureException: 'x-amz-more' must be a 'SignedHeader' in the AWS Authorization.",
    ],
    [
      'when it was signed for another region',
      (request) => request,
      "InvalidSignatureException: Credential should be scoped to a valid region, not 'us-east-1'.",
      { region: 'eu-west-1' },
    ],
    [
      'when it was signed for another service',
      (request) => request,
      "InvalidSignatureException: Credential should be scoped to correct service: 'execute-api'.",
      { service: 'execute-api' },
    ],
    [
      'when it was signed for another day than it says',
      authorized((header) => header.replace(/AKIDTEST\/\d{8}/, 'AKIDTEST/20150830')),
      /^InvalidSignatureException: Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150830' != '(\d{8})', from '\1T\d{6}Z'\.$/,
    ],
    [
      'when its scope ends otherwise',
      authorized((header) => header.replace('/aws4_request', '/aws5_request')),
      "InvalidSignatureException: Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.",
    ],
    [
      'with a key that nobody has',
      authorized((header) => header.replace('AKIDTEST', 'AKIDOTHER')),
      'UnrecognizedClientException: The security token included in the request is invalid.',
    ],
    [
      'with the token of a session that nobody has',
      (request) =>
        authorized((header) => header.replace('SignedHeaders=', 'SignedHeaders=x-amz-security-token;'))(
          having(request, { 'x-amz-security-token': 'token' }),
        ),
      'UnrecognizedClientException: The security token included in the request is invalid.',
    ],
    ['with a wrong secret', (request) => request, MISMATCH, { secretOf: async () => 'another secret' }],
    [
      'with another signature',
      authorized((header) => header.replace(/Signature=.*/, `Signature=${'0'.repeat(64)}`)),
      MISMATCH,
    ],
    [
      'with a signature that is none',
      authorized((header) => header.replace(/Signature=.*/, 'Signature=none')),
      MISMATCH,
    ],
    [
      'when it claims that its body need not be looked at',
      (request) => having(request, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
      MISMATCH,
    ],
    ['with the body of another', (request) => ({ ...request, body: Buffer.from('{"Alias":"eve"}') }), MISMATCH],
    ['with a query that is badly encoded', (request) => ({ ...request, query: 'arn=%zz' }), MISMATCH],
  ])('%s', async (_, change, refusal, given) => {
    for (const request of await examples()) {
      expect(await judged(request, given)).toBe(given ? refusal : ACCESS_KEY.accessKeyId)
      expect(await judged(change(request), given)).toEqual(
        typeof refusal === 'string' ? refusal : expect.stringMatching(refusal),
      )
    }
  })

  test('when the clocks are more than five minutes apart, either way', async () => {
    const [request] = await examples()
    const [, signed = ''] = /^(\d{8}T\d{6}Z)$/.exec(request.headers['x-amz-date'] ?? '') ?? []
    const at = new Date(signed.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:'))
    const inSeconds = (seconds: number): Promise<string> => judged(request, { now: plusSeconds(at, seconds) })
    const compact = (seconds: number): string =>
      plusSeconds(at, seconds)
        .toISOString()
        .replace(/\.\d+|[-:]/g, '')
    expect([await inSeconds(300), await inSeconds(-300)]).toEqual(['AKIDTEST', 'AKIDTEST'])
    expect(await inSeconds(301)).toBe(
      `InvalidSignatureException: Signature expired: ${signed} is now earlier than ${compact(1)} (${compact(301)} - 5 min.)`,
    )
    expect(await inSeconds(-301)).toBe(
      `InvalidSignatureException: Signature not yet current: ${signed} is still later than ${compact(-1)} (${compact(-301)} + 5 min.)`,
    )
  })
})

test('a date may also be HTTP’s own, where it is signed', async () => {
  const headers = {
    host: 'example.amazonaws.com',
    date: 'Sun, 30 Aug 2015 12:36:00 GMT',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host, Signature=00',
  }
  const given = { service: 'service', now: new Date('2015-08-30T12:36:00Z') }
  const request = { method: 'GET', path: '/', query: '', headers, body: new Uint8Array() }
  expect(await judged(request, given)).toBe(
    "InvalidSignatureException: 'date' must be a 'SignedHeader' in the AWS Authorization.",
  )
  const signed = having(request, { authorization: headers.authorization.replace('=host', '=date;host') })
  expect(await judged(signed, { ...given, secretOf: async () => 'secret' })).toBe(MISMATCH)
})

/** Percent-encoding may be written in capitals or not, and means the same. */
const meaning = ({ path, query, headers, body }: HttpRequest): string =>
  JSON.stringify([path, [...new URLSearchParams(query)].map(String).toSorted(), headers, Buffer.from(body).toString()])

describe('Whatever one character is changed in', () => {
  const character = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code))

  test.each<[part: string, text: (request: HttpRequest) => string, other: (text: string) => Partial<HttpRequest>]>([
    ['the path', ({ path }) => path, (path) => ({ path })],
    ['the query', ({ query }) => query, (query) => ({ query })],
    ['the body', ({ body }) => Buffer.from(body).toString('latin1'), (text) => ({ body: Buffer.from(text, 'latin1') })],
  ])('%s, the request is refused', async (_, textOf, other) => {
    const requests = (await examples()).filter((request) => textOf(request) !== '')
    expect(requests).not.toEqual([])
    for (const request of requests) {
      const text = textOf(request)
      await fc.assert(
        fc.asyncProperty(fc.nat(text.length - 1), character, async (at, instead) => {
          const altered = { ...request, ...other(text.slice(0, at) + instead + text.slice(at + 1)) }
          fc.pre(meaning(altered) !== meaning(request))
          expect(await judged(altered)).toBe(MISMATCH)
        }),
        { numRuns: 500 },
      )
    }
  })

  test('a signed header, the request is refused', async () => {
    for (const request of await examples()) {
      const signed = /SignedHeaders=([^,]+)/.exec(request.headers['authorization'] ?? '')?.[1]?.split(';') ?? []
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...signed), fc.nat(), character, async (name, place, instead) => {
          const value = request.headers[name] ?? ''
          const at = place % value.length
          fc.pre(value[at] !== instead)
          const altered = having(request, { [name]: value.slice(0, at) + instead + value.slice(at + 1) })
          expect(await judged(altered)).toMatch(/^I(?:nvalid|ncomplete)SignatureException: /)
        }),
        { numRuns: 500 },
      )
    }
  })
})
