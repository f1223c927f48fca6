import { execFile } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseRecord } from '../../lib/automation/sources/queue-record.ts'
import { movedTo, send } from '../../scripts/send.ts'
import { fixture, fixtureNames, record } from '../automation/sources/fixtures.ts'
import { rehearse, ROOT } from '../local/rehearsal.ts'

const now = new Date('2027-05-06T07:08:09.123Z')

describe('a payload moved to now', () => {
  it.each([
    ['cloudwatch/alarm.json', now],
    ['sns/alarm-notification.json', now],
    ['sns/alarm-notification.message.json', now],
    ['lambda/alarm-invocation.json', now],
    ['cloudwatch/configuration-update.json', now],
    // Their instants are to the second.
    ['custom/order-backlog.json', new Date('2027-05-06T07:08:09Z')],
    ['cloudwatch/configuration-delete.json', new Date('2027-05-06T07:08:09Z')],
  ])('of events/%s tells of now', (name, at) => {
    const payload = movedTo(now, fixture(name))
    expect(parseRecord(record(payload))).toMatchObject({ at })
  })

  it('keeps what lies between its instants, and how each is written', () => {
    const moved = JSON.stringify(movedTo(now, fixture('cloudwatch/alarm.json')))
    expect(moved).toContain('"time":"2027-05-06T07:08:08Z"')
    expect(moved).toContain('"timestamp":"2027-05-06T07:08:09.123+0000"')
    expect(moved).toContain('\\"queryDate\\":\\"2027-05-06T07:08:09.117+0000\\"')
    expect(moved).not.toContain('2026-03-01T')
  })

  it('moves both forms of an event alike', () => {
    const [entry]: unknown[] = Object.values(movedTo(now, fixture('cloudwatch/ok.entries.json')) ?? {})
    const event = movedTo(now, fixture('cloudwatch/ok.json'))
    expect(entry).toMatchObject({ Time: '2027-05-06T07:08:08Z' })
    expect(entry).toHaveProperty('Detail', JSON.stringify(Object(event).detail))
  })
})

describe('sending', () => {
  let server: Server
  let url: string
  const requests: { path: string; target: string; body: string }[] = []
  beforeEach(async () => {
    requests.length = 0
    server = createServer((request, response) => {
      void text(request).then((body) => {
        const target = String(request.headers['x-amz-target'] ?? /Action=(\w+)/.exec(body)?.[1] ?? '')
        requests.push({ path: request.url ?? '', target, body })
        return response.writeHead(request.url === '/' ? 200 : 202).end(ANSWERS[target] ?? '{}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })

  it('puts an event on the bus, in either form', async () => {
    for (const name of ['cloudwatch/alarm.json', 'cloudwatch/alarm.entries.json'])
      expect(await send(url, fixture(name))).toBe('CloudWatch Alarm State Change is on the event bus as event-1')
    expect(requests.map(({ target }) => target)).toEqual(['AWSEvents.PutEvents', 'AWSEvents.PutEvents'])
    expect(requests[0]?.body).toBe(requests[1]?.body)
  })

  it("publishes an SNS delivery to the system's topic of the same use", async () => {
    expect(await send(url, fixture('sns/alarm-notification.json'))).toContain(
      'is published to arn:aws:sns:us-east-1:1:x-alarms',
    )
    expect(requests.map(({ target }) => target)).toEqual(['ListTopics', 'Publish'])
    await expect(send(url, fixture('reply/sms.json'))).rejects.toThrow('There is no topic whose name ends in -replies')
  })

  it('invokes the function as an alarm does', async () => {
    await send(url, fixture('lambda/alarm-invocation.json'))
    expect(requests).toMatchObject([{ path: '/2015-03-31/functions/open-incident/invocations' }])
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual(fixture('lambda/alarm-invocation.json'))
  })

  it('knows every payload of events/ but messages on their own', async () => {
    for (const name of fixtureNames('{cloudwatch,custom,health,lambda,sns}/*.json').filter(
      (file) => !file.includes('.message.'),
    ))
      expect([name, await send(url, fixture(name))]).toEqual([name, expect.any(String)])
    await expect(send(url, { hello: 'world' })).rejects.toThrow('The file is no event')
  })
})

const ANSWERS: Record<string, string> = {
  'AWSEvents.PutEvents': '{"FailedEntryCount":0,"Entries":[{"EventId":"event-1"}]}',
  ListTopics: `<ListTopicsResponse><ListTopicsResult><Topics>
    <member><TopicArn>arn:aws:sns:us-east-1:1:other</TopicArn></member>
    <member><TopicArn>arn:aws:sns:us-east-1:1:x-alarms</TopicArn></member></Topics></ListTopicsResult></ListTopicsResponse>`,
  Publish: '<PublishResponse><PublishResult><MessageId>message-1</MessageId></PublishResult></PublishResponse>',
}

describe('npm run send', () => {
  const run = (args: readonly string[], env: Record<string, string>) =>
    new Promise<{ code: number | null; problems: string }>((resolve) => {
      const child = execFile(process.execPath, ['scripts/send.ts', ...args], { env, cwd: ROOT }, (_, __, problems) =>
        resolve({ code: child.exitCode, problems }),
      )
    })

  it('sends to the port that npm start was given', async () => {
    const { system, received } = await rehearse()
    const PORT = new URL(system.url).port
    expect(await run(['events/cloudwatch/alarm.json'], { PORT })).toEqual({ code: 0, problems: '' })
    await system.idle()
    expect(received('open-incident')).toHaveLength(1)
  })

  it.each([
    [['events/cloudwatch/alarm.json', '--url', 'localhost:4600'], /^--url must be a URL such as http:/u],
    [['--bus'], /^Unknown option '--bus'.*\nUsage: npm run send/u],
    [['events/nothing.json', '--url', 'http://127.0.0.1:1'], /^fetch failed: bad port/u],
  ])('answers %j in one line that a person can do something about', async (args, problem) => {
    const { code, problems } = await run(args, {})
    expect(code).toBe(1)
    expect(problems).toMatch(problem)
    expect(problems).not.toMatch(/\n {4}at /u)
  })
})
