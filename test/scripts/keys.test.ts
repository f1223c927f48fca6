// `npm run keys`: issues, lists and revokes keys of a free data folder, of a running Tocsin, and of a stage on AWS.
import { execFile } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { ListContactsCommand, SSMContactsClient } from '@aws-sdk/client-ssm-contacts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { INDEXES } from '../../lib/aws/table/indexes.ts'
import { findAccessKey, listAccessKeys } from '../../lib/incident-manager/store/access-keys.ts'
import { startSystem, type System } from '../../lib/local/system.ts'
import { dynaliteEngine, type DynaliteEngine } from '../dynalite.ts'

const SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'keys.ts')

/** Runs the script as npm does, with no more of the environment than this. */
const run = (args: readonly string[], env: Record<string, string>) =>
  new Promise<{ code: number | null; out: string; problems: string }>((resolve) => {
    const child = execFile(process.execPath, [SCRIPT, ...args], { env }, (_, out, problems) =>
      resolve({ code: child.exitCode, out, problems }),
    )
  })

const exported = (out: string, name: string): string => new RegExp(`${name}=(\\S+)`).exec(out)?.[1] ?? ''

describe('on this machine', () => {
  const data = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
  let system: System | undefined
  const start = async (auth: 'loopback' | 'sigv4', folder = data): Promise<Record<string, string>> => {
    const settings = { port: 0, clock: 'real', seed: false, rules: 'rules.yml', region: 'us-east-1' } as const
    system = await startSystem({ ...settings, data: folder, auth })
    return { TOCSIN_DATA: folder, PORT: new URL(system.url).port }
  }
  afterEach(() => system?.close())
  afterAll(() => rmSync(data, { recursive: true }))

  test('keys are those of the data folder, whether Tocsin is running or not', async () => {
    const env = await start('sigv4')
    const ann = await run(['create', '--name', 'ann', '--role', 'reader'], env)
    expect([ann.code, ann.problems]).toEqual([0, '# The secret is shown this once: keep it as you keep a password.\n'])
    const accessKeyId = exported(ann.out, 'AWS_ACCESS_KEY_ID')
    const secretAccessKey = exported(ann.out, 'AWS_SECRET_ACCESS_KEY')
    const endpoint = exported(ann.out, 'AWS_ENDPOINT_URL_SSM_CONTACTS')
    const credentials = { accessKeyId, secretAccessKey }
    const contacts = new SSMContactsClient({ endpoint, region: 'us-east-1', credentials })
    // The key is let in; the account is an empty one.
    expect((await contacts.send(new ListContactsCommand({}))).Contacts).toEqual([])
    contacts.destroy()
    await system?.close()

    const bob = await run(['create', '--name', 'bob', '--role', 'admin'], env)
    const listed = (await run(['list'], env)).out
    expect(listed).toMatch(new RegExp(`^${accessKeyId}  \\S+  reader     ann\n\\w{20}  \\S+  admin      bob\n$`))
    for (const { out } of [ann, bob]) expect(listed).not.toContain(exported(out, 'AWS_SECRET_ACCESS_KEY'))
    const revoked = await run(['revoke', accessKeyId], env)
    expect([revoked.code, revoked.out]).toEqual([0, expect.stringContaining(`${accessKeyId} is revoked`)])
    expect(await run(['revoke', accessKeyId], env)).toMatchObject({
      code: 1,
      problems: `There is no key ${accessKeyId}\n`,
    })
  }, 30_000)

  test('a Tocsin in memory has keys, too, as long as it runs', async () => {
    const env = await start('loopback', ':memory:')
    expect(await run(['create', '--name', 'ann', '--role', 'reader'], env)).toMatchObject({ code: 0 })
    expect((await run(['list'], env)).out).toMatch(/reader {5}ann\n$/)
    expect(await run(['revoke', 'TOCSA'], env)).toMatchObject({ code: 1, problems: 'There is no key TOCSA\n' })
  }, 30_000)

  test.each<[string, string[], RegExp]>([
    ['nothing', [], /^Usage: npm run keys/],
    ['no name', ['create', '--role', 'reader'], /^Usage: /],
    [
      'an unknown role',
      ['create', '--name', 'ann', '--role', 'root'],
      /^A role is reader, responder, admin, but not root/,
    ],
    ['a name that no user has', ['create', '--name', 'ann marie', '--role', 'reader'], /^A name has 1 to 64/],
    ['an id too much', ['list', 'TOCSA'], /^Usage: /],
  ])('with %s it says what is wrong, and makes no key', async (_, args, problem) => {
    const { code, out, problems } = await run(args, { TOCSIN_DATA: data, PORT: '1' })
    expect([code, out, problems]).toEqual([1, '', expect.stringMatching(problem)])
  })

  test('where there is no data folder it says so', async () => {
    const { problems } = await run(['list'], { TOCSIN_DATA: join(data, 'nowhere') })
    expect(problems).toMatch(/^There is nothing in .*nowhere: name another/)
  })
})

describe('for a stage', () => {
  const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:Secret-a1b2c3'
  const SECRET = 'generated by CloudFormation'
  const URL_OF_STAGE = 'https://abc123.lambda-url.eu-west-1.on.aws/'
  let dynalite: DynaliteEngine
  let endpoint = ''
  /** Lambda and Secrets Manager, as far as the script asks. */
  const server = createServer((request, response) => void serve(request, response))
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await text(request)
    const name = /tocsin-production-([\w-]+)\/configuration$/.exec(request.url ?? '')?.[1]
    const variables: Readonly<Record<string, object>> = {
      'incident-manager': { TOCSIN_INCIDENTS_TABLE: 'Incidents', TOCSIN_SECRET_ARN: ARN },
      'open-incident': { AWS_ENDPOINT_URL_SSM_INCIDENTS: URL_OF_STAGE },
    }
    const found = name === undefined ? undefined : variables[name]
    response.setHeader('content-type', 'application/x-amz-json-1.1')
    if (request.method === 'POST') response.end(JSON.stringify({ ARN, SecretString: SECRET }))
    else if (found) response.end(JSON.stringify({ Environment: { Variables: found } }))
    else response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' }).end('{"Message":"no"}')
  }
  beforeAll(async () => {
    dynalite = await dynaliteEngine()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    endpoint = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : ''
  })
  afterAll(async () => {
    server.close()
    server.closeAllConnections()
    await dynalite.close()
  })
  const onAws = () => ({
    AWS_ACCESS_KEY_ID: 'person',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynalite.url,
  })

  test('keys are in its table, encrypted with its secret, by the AWS credentials of who types', async () => {
    const store = { table: dynalite.table('Incidents', INDEXES), secret: async () => new TextEncoder().encode(SECRET) }
    expect(await listAccessKeys(store)).toEqual([])
    const stage = ['--stage', 'production', '--region', 'eu-west-1']
    const { code, out } = await run(['create', '--name', 'ann', '--role', 'responder', ...stage], onAws())
    expect([code, exported(out, 'AWS_ENDPOINT_URL_SSM_INCIDENTS')]).toEqual([0, URL_OF_STAGE])
    expect(exported(out, 'AWS_REGION')).toBe('eu-west-1')
    const accessKeyId = exported(out, 'AWS_ACCESS_KEY_ID')
    expect(await findAccessKey(store, accessKeyId)).toMatchObject({
      name: 'ann',
      role: 'responder',
      secretAccessKey: exported(out, 'AWS_SECRET_ACCESS_KEY'),
    })
    expect((await run(['list', ...stage], onAws())).out).toContain(accessKeyId)
    expect(await run(['revoke', accessKeyId, ...stage], onAws())).toMatchObject({ code: 0 })
    expect(await findAccessKey(store, accessKeyId)).toBeUndefined()
  }, 30_000)

  test('a stage that is not there is named', async () => {
    const { code, problems } = await run(['list', '--stage', 'staging'], onAws())
    expect([code, problems]).toEqual([
      1,
      expect.stringMatching(/^There is no function tocsin-staging-incident-manager in us-east-1/),
    ])
  })
})
