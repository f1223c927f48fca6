// What the world may reach: the public side, by signature; the loopback port takes nothing that comes through a proxy, a real nginx as Debian has it included.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { join } from 'node:path'
import { ListContactsCommand, SSMContactsClient } from '@aws-sdk/client-ssm-contacts'
import { ListIncidentRecordsCommand, SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import { afterEach, describe, expect, test } from 'vitest'
import type { AccessKey } from '../../lib/aws/secrets.ts'
import { localSettings } from '../../lib/aws/config.ts'
import { authorizationOf, ordersHeaders } from '../../lib/local/guard.ts'
import { parseJson } from '../../lib/local/json.ts'
import { startSystem } from '../../lib/local/system.ts'
import { temporaryFolder } from './rehearsal.ts'

const running: { readonly close: () => Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.close()
})

async function start(auth: 'loopback' | 'sigv4' = 'loopback', publicUrl?: string) {
  const data = temporaryFolder()
  const settings = { port: 0, clock: 'real', seed: true, rules: 'rules.yml', region: 'us-east-1' } as const
  const system = await startSystem({
    ...settings,
    data,
    auth,
    report: () => {},
    publicPort: 0,
    ...(publicUrl ? { publicUrl } : {}),
  })
  running.push(system)
  const order = { method: 'POST', headers: ordersHeaders(data), body: '{"name":"ann","role":"reader"}' }
  const answer = parseJson(await (await fetch(`${system.url}/_tocsin/keys`, order)).text(), 'The answer')
  const [accessKeyId = '', secretAccessKey = ''] = ['accessKeyId', 'secretAccessKey'].map((it) =>
    answer.get(it).string(),
  )
  return { system, data, key: { accessKeyId, secretAccessKey }, publicSide: system.publicUrl ?? '' }
}

/** As the client signs it, for `endpoint`. */
function clients(endpoint: string, credentials: AccessKey) {
  const settings = { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }
  return {
    incidents: () => new SSMIncidentsClient(settings).send(new ListIncidentRecordsCommand({})),
    contacts: () => new SSMContactsClient(settings).send(new ListContactsCommand({})),
  }
}

const status = (url: string, init: RequestInit = {}) => fetch(url, init).then((response) => response.status)

describe('the loopback port', () => {
  test.each(['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Proto', 'x-forwarded-anything', 'Via', 'X-Real-IP'])(
    'refuses what has a header %s, and names the public listener',
    async (name) => {
      for (const auth of ['loopback', 'sigv4'] as const) {
        const { system, data } = await start(auth)
        for (const path of ['/', '/_tocsin/messages', '/listIncidentRecords']) {
          const headers = { [name]: '198.51.100.7', ...authorizationOf(data) }
          const response = await fetch(`${system.url}${path}`, { headers })
          expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('TOCSIN_PUBLIC_PORT')])
        }
      }
    },
  )
})

describe.each(['loopback', 'sigv4'] as const)('the public side of a system on %s', (auth) => {
  test('has the console and the two APIs, and always checks signatures', async () => {
    const { publicSide, key } = await start(auth)
    expect(await status(publicSide)).toBe(200)
    for (const call of Object.values(clients(publicSide, key))) await expect(call()).resolves.toBeDefined()
    for (const other of [
      { ...key, secretAccessKey: 'x' },
      { accessKeyId: 'local', secretAccessKey: 'local' },
    ])
      for (const call of Object.values(clients(publicSide, other)))
        await expect(call()).rejects.toMatchObject({ name: /Invalid|Unrecognized/ })
    expect(await status(`${publicSide}/listIncidentRecords`, { method: 'POST' })).toBe(403)
  })

  test('has nothing else, whoever asks', async () => {
    const { publicSide, data, system } = await start(auth)
    const headers = authorizationOf(data)
    const gone = ['health', 'messages', 'failures', 'clock', 'keys'].map((name) => `/_tocsin/${name}`)
    for (const path of [...gone, '//_tocsin/messages', '/%5ftocsin/messages', '/_tocsin/../_tocsin/messages'])
      expect([403, 404]).toContain(await status(publicSide + path, { headers }))
    expect([403, 404]).toContain(await status(`${publicSide}/_tocsin/keys`, { method: 'POST', headers, body: '{}' }))
    const json = { ...headers, 'content-type': 'application/x-amz-json-1.0' }
    for (const target of [
      'AWSEvents.PutEvents',
      'AmazonSQS.ListQueues',
      'GraniteServiceVersion20100801.DescribeAlarms',
    ])
      expect(
        await status(publicSide, { method: 'POST', headers: { ...json, 'x-amz-target': target }, body: '{}' }),
      ).toBeGreaterThanOrEqual(400)
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
    for (const body of ['Version=2010-03-31&Action=ListTopics', 'Version=2012-11-05&Action=ListQueues'])
      expect(await status(publicSide, { method: 'POST', headers: form, body })).toBeGreaterThanOrEqual(400)
    const invocation = '/2015-03-31/functions/sweep/invocations'
    expect(await status(publicSide + invocation, { method: 'POST', headers, body: '{}' })).toBeGreaterThanOrEqual(400)
    expect(await system.failures()).toEqual([])
  })
})

describe('the settings', () => {
  test.each([
    [{ TOCSIN_PUBLIC_URL: 'https://a.example' }, /TOCSIN_PUBLIC_PORT must say where/],
    [{ TOCSIN_PUBLIC_PORT: '4600' }, /another port than PORT/],
    [{ TOCSIN_PUBLIC_PORT: 'x' }, /TOCSIN_PUBLIC_PORT must be a port number/],
    [{ TOCSIN_PUBLIC_PORT: '1', TOCSIN_PUBLIC_URL: 'https://a.example/tocsin' }, /without a path/],
    [{ TOCSIN_PUBLIC_PORT: '1', TOCSIN_PUBLIC_URL: 'a.example' }, /must be like https/],
  ])('%j are refused by name', (environment, problem) => {
    expect(() => localSettings(environment)).toThrow(problem)
  })

  test('name where the public side listens, and how it is reached', () => {
    const set = { TOCSIN_PUBLIC_PORT: '4700', TOCSIN_PUBLIC_URL: 'https://a.example/' }
    expect(localSettings(set)).toMatchObject({ publicPort: 4700, publicUrl: 'https://a.example' })
  })
})

const nginx = ['nginx', '/usr/sbin/nginx'].find((program) => !spawnSync(program, ['-v']).error)
if (!nginx) console.log('SKIPPED: nginx is not here: the public side is not tried behind one')

describe.skipIf(!nginx)('behind an nginx with the settings it comes with', () => {
  test('the public side takes what clients sign for its URL, and only that', async () => {
    const port = await freePort()
    const { publicSide, key } = await start('loopback', `http://localhost:${port}`)
    await proxy(port, publicSide)
    expect(await status(`http://localhost:${port}`)).toBe(200)
    for (const call of Object.values(clients(`http://localhost:${port}`, key)))
      await expect(call()).resolves.toBeDefined()
    for (const call of Object.values(clients(`http://127.0.0.1:${port}`, key)))
      await expect(call()).rejects.toMatchObject({ name: 'InvalidSignatureException' })
    expect(await status(`http://localhost:${port}/listIncidentRecords`, { method: 'POST' })).toBe(403)
  }, 30_000)

  test('the loopback port lets nobody in, though the Host is its own', async () => {
    const port = await freePort()
    const { system } = await start()
    await proxy(port, system.url)
    const answer = await fetch(`http://localhost:${port}/_tocsin/messages`)
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('TOCSIN_PUBLIC_PORT')])
    expect(await status(`http://localhost:${port}/listIncidentRecords`, { method: 'POST' })).toBe(403)
  }, 30_000)
})

/** nginx as a child of this test, with all that it writes in a folder of its own. */
async function proxy(port: number, to: string): Promise<void> {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'temp'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path temp/${name};`,
  )
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid nginx.pid; error_log stderr; events {}
     http { access_log off; ${temporary.join(' ')}
       server { listen 127.0.0.1:${port}; location / { proxy_pass ${to}; } } }`,
  )
  const args = ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr']
  const child: ChildProcess = spawn(nginx ?? '', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'close')
  running.push({
    close: () => {
      child.kill('SIGKILL')
      return ended
    },
  })
  while (child.exitCode === null && !(await listens(port)));
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const [happened] = await Promise.race([
    once(socket, 'connect').then(() => [true]),
    once(socket, 'close').then(() => [false]),
  ]).catch(() => [false])
  socket.destroy()
  return happened === true
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
