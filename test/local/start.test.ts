// `npm start` as a process: one ready line, clear words when it cannot start, and nothing lost by a kill.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ListIncidentRecordsCommand, SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import { afterEach, describe, expect, test } from 'vitest'
import { processEnvironment } from '../../lib/aws/config.ts'
import { ROOT, temporaryFolder } from './rehearsal.ts'

const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

const MAIN = [process.execPath, join('lib', 'local', 'main.ts')]

function start(environment: Record<string, string>, [command = '', ...args] = MAIN) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...processEnvironment(), PORT: '0', POWERTOOLS_LOG_LEVEL: 'SILENT', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'close').then(([code]: (number | null)[]) => {
    running.delete(child)
    return { code, output, errors }
  })
  return {
    child,
    ended,
    /** The URL of the ready line. */
    ready: async (): Promise<string> => {
      const line = await Promise.race([
        once(lines, 'line').then(([text]) => String(text)),
        ended.then(({ errors }) => errors),
      ])
      return /http:\/\/[\d.:]+/.exec(line)?.[0] ?? `not ready: ${line}`
    },
  }
}

const get = async (url: string): Promise<unknown> => (await fetch(url)).json()

describe('npm start', () => {
  test('prints one line with the URL and the next command, is healthy, and stops when told to', async () => {
    const { child, ready, ended } = start({ TOCSIN_DATA: ':memory:', TOCSIN_SEED: 'off' })
    const url = await ready()
    expect(await get(`${url}/_tocsin/health`)).toMatchObject({ status: 'ok' })
    child.kill('SIGTERM')
    expect(await ended).toEqual({
      code: 0,
      output: `Tocsin is ready on ${url} - next: PORT=${new URL(url).port} npm run send -- events/cloudwatch/alarm.json\n`,
      errors: '',
    })
  })

  // Its output is closed only when all that npm has started is gone.
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)('ends with its npm on %s', async (signal) => {
    const settings = { TOCSIN_DATA: ':memory:', TOCSIN_SEED: 'off' }
    const { child, ready, ended } = start(settings, ['npm', 'start', '--silent'])
    const url = await ready()
    expect(await get(`${url}/_tocsin/health`)).toMatchObject({ status: 'ok' })
    child.kill(signal)
    await ended
    await expect(get(url)).rejects.toThrow('fetch failed')
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('closes what it has open on %s', async (signal) => {
    const { child, ready, ended } = start({ TOCSIN_DATA: ':memory:', TOCSIN_SEED: 'off' })
    await ready()
    child.kill(signal)
    expect(await ended).toMatchObject({ code: 0, errors: '' })
  })

  test('says in one line that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address ? String(address.port) : ''
    const { code, errors } = await start({ PORT: port, TOCSIN_DATA: ':memory:' }).ended
    other.close()
    expect([code, errors]).toEqual([1, expect.stringMatching(/^Port \d+ is in use[^\n]*\n$/)])
  })

  test('says what is wrong with the rules, by file and line', async () => {
    const rules = join(temporaryFolder(), 'my-rules.yml')
    writeFileSync(rules, 'version: 1\nrulez: []\n')
    const { code, errors } = await start({ TOCSIN_RULES: rules, TOCSIN_DATA: ':memory:' }).ended
    expect([code, errors]).toEqual([1, expect.stringMatching(/my-rules\.yml:2: .*rulez/)])
  })

  test.each([
    [{ TOCSIN_DATA: '/proc/tocsin' }, /^The data folder \/proc\/tocsin cannot be used/],
    [{ TOCSIN_DATA: join(ROOT, 'package.json') }, /^The data folder .*package\.json cannot be used/],
    [{ TOCSIN_DATA: join(ROOT, 'package.json', 'data') }, /^The data folder .* cannot be used/],
    [{ TOCSIN_DATA: ':memory:', TOCSIN_RULES: join(ROOT, 'nowhere.yml') }, /nowhere\.yml: cannot be read/],
    [{ TOCSIN_DATA: ':memory:', TOCSIN_RULES: ROOT }, /cannot be read: is no file/],
  ])('ends with one line where %j cannot be', async (environment, line) => {
    const { code, errors, output } = await start(environment).ended
    expect([code, output, errors]).toEqual([1, '', expect.stringMatching(line)])
    expect(errors.match(/\n/gu)).toHaveLength(1)
  })

  test('says which setting is wrong', async () => {
    expect(await start({ TOCSIN_CLOCK: 'fast' }).ended).toMatchObject({
      code: 1,
      errors: 'TOCSIN_CLOCK must be real or simulated, but is fast\n',
    })
  })

  test('delivers after a kill what it had accepted before', async () => {
    const settings = { TOCSIN_DATA: temporaryFolder(), TOCSIN_CLOCK: 'simulated' }
    const first = start(settings)
    const url = await first.ready()
    const detail = {
      alarmName: 'disk-full',
      state: { value: 'ALARM', reason: 'full', reasonData: '{}', timestamp: '2026-03-05T09:15:00.000+0000' },
      configuration: { metrics: [] },
    }
    const entry = {
      Source: 'aws.cloudwatch',
      DetailType: 'CloudWatch Alarm State Change',
      Detail: JSON.stringify(detail),
      Resources: ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:disk-full'],
    }
    const accepted = await fetch(url, {
      method: 'POST',
      headers: { 'x-amz-target': 'AWSEvents.PutEvents', 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({ Entries: [entry] }),
    })
    first.child.kill('SIGKILL')
    expect(accepted.status).toBe(200)
    await first.ended

    const second = start(settings)
    const again = await second.ready()
    await fetch(`${again}/_tocsin/clock`, { method: 'POST', body: '{"advance":"PT2M"}' })
    const client = new SSMIncidentsClient({
      endpoint: again,
      region: 'us-east-1',
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    })
    const { incidentRecordSummaries } = await client.send(new ListIncidentRecordsCommand({}))
    expect(incidentRecordSummaries).toMatchObject([{ status: 'OPEN' }])
    client.destroy()
    expect(await get(`${again}/_tocsin/messages`)).toMatchObject({
      messages: expect.arrayContaining([expect.objectContaining({ pageArn: expect.any(String) })]),
    })
  })
})
