// `npm run redrive`: what failed is put back, on one machine or in a deployed stage, and each failure is told in a line.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { redriveStage } from '../../scripts/redrive.ts'
import { ROOT, type Rehearsal } from '../local/rehearsal.ts'
import { clientOf, rehearseSmall } from '../local/small-template.ts'

const QUEUE = 'tocsin-production-alarm-dead-letters'
const KEY = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' }

let rehearsal: Rehearsal
let url: string
let client: SQSClient
beforeEach(async () => {
  rehearsal = await rehearseSmall()
  url = rehearsal.system.url
  client = new SQSClient(clientOf(url))
  for (const MessageBody of ['{"number":1}', '{"number":2}'])
    await client.send(new SendMessageCommand({ QueueUrl: `${url}/111122223333/${QUEUE}`, MessageBody }))
})
afterEach(() => client.destroy())

/** Runs the script as npm does, with no more of the environment than this. */
const run = (args: readonly string[], env: Record<string, string>) =>
  new Promise<{ code: number | null; out: string[]; problems: string[] }>((resolve) => {
    const lines = (text: string): string[] => text.trim().split('\n').filter(Boolean)
    const child = execFile(
      process.execPath,
      [join(ROOT, 'scripts/redrive.ts'), ...args],
      { env: { ...env, AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' }, cwd: ROOT },
      (_, out, problems) => resolve({ code: child.exitCode, out: lines(out), problems: lines(problems) }),
    )
  })

describe('on one machine', () => {
  test('it puts back everything, and says how much', async () => {
    const PORT = new URL(url).port
    expect(await run([], { PORT })).toEqual({
      code: 0,
      out: ['2 messages put back by Tocsin on :memory:'],
      problems: [],
    })
    await rehearsal.system.idle()
    expect(rehearsal.received('open-incident')).toEqual([{ number: 1 }, { number: 2 }])
    expect(await run([], { PORT })).toMatchObject({ out: ['0 messages put back by Tocsin on :memory:'] })
  })

  test('it deletes the one message that is named, and none of another name', async () => {
    const PORT = new URL(url).port
    const [first] = await rehearsal.system.failures()
    const id = first?.id ?? ''
    expect(await run(['--discard', id], { PORT })).toEqual({ code: 0, out: [`${id} is deleted`], problems: [] })
    expect(await rehearsal.system.failures()).toMatchObject([{ event: { number: 2 } }])
    expect(await run(['--discard', id], { PORT })).toEqual({
      code: 1,
      out: [],
      problems: [`No message that failed has the id ${id}: /_tocsin/failures lists them`],
    })
    expect((await run(['--discard', id, '--stage', 'production'], KEY)).problems[0]).toMatch(
      /^--discard is for one machine/,
    )
  })

  test('it says so when nothing answers', async () => {
    await rehearsal.system.close()
    const { code, problems } = await run([], { PORT: new URL(url).port })
    expect([code, problems]).toEqual([
      1,
      [expect.stringMatching(/^Nothing answers at .*: start the system with npm start/)],
    ])
  })
})

describe('in a stage', () => {
  test('it has each dead-letter queue that is not empty moved back', async () => {
    const settings = { ...KEY, AWS_ENDPOINT_URL_SQS: url }
    expect(await run(['--stage', 'production', '--region', 'us-east-1'], settings)).toEqual({
      code: 0,
      out: [
        `${QUEUE}: about 2 messages on the way to tocsin-production-alarms`,
        'tocsin-production-notification-dead-letters: empty',
        'tocsin-production-reply-dead-letters: empty',
      ],
      problems: [],
    })
    await rehearsal.system.idle()
    expect(rehearsal.received('open-incident')).toHaveLength(2)
  })

  test('it says where to: SQS does not know it of what came to the dead letters from no queue', async () => {
    const moved: unknown[] = []
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName === 'StartMessageMoveTaskCommand') moved.push(args.input)
          return next(args)
        },
      { step: 'initialize' },
    )
    await redriveStage('production', client)
    const arn = 'arn:aws:sqs:us-east-1:111122223333:tocsin-production-'
    expect(moved).toEqual([{ SourceArn: `${arn}alarm-dead-letters`, DestinationArn: `${arn}alarms` }])
  })

  test('it tells of what the sweep is just looking at, which may not be moved', async () => {
    const QueueUrl = `${url}/111122223333/${QUEUE}`
    await client.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 120 }))
    const { out } = await run(['--stage', 'production'], { ...KEY, AWS_ENDPOINT_URL_SQS: url })
    expect(out[0]).toBe(
      `${QUEUE}: about 1 message on the way to tocsin-production-alarms; 1 message in flight: run this again in two minutes`,
    )
  })

  test.each([
    ['of another name', ['--stage', 'staging'], KEY, /^tocsin-staging-\w+-dead-letters: no such queue in us-east-1;/],
    ['without credentials', ['--stage', 'production'], {}, /dead-letters: no AWS credentials: set AWS_PROFILE/],
  ])('%s it says for each queue what is wrong', async (_, args, key, line) => {
    const { code, out, problems } = await run(args, { ...key, AWS_ENDPOINT_URL_SQS: url })
    expect([code, out, problems]).toEqual([1, [], Array.from({ length: 3 }, () => expect.stringMatching(line))])
    expect(await rehearsal.system.failures()).toHaveLength(2)
  })

  test('it says so when nothing answers, or when it is told what it does not know', async () => {
    await rehearsal.system.close()
    const { problems } = await run(['--stage', 'production'], {
      ...KEY,
      AWS_ENDPOINT_URL_SQS: url,
      AWS_MAX_ATTEMPTS: '1',
    })
    expect(problems[0]).toMatch(/dead-letters: .*ECONNREFUSED/)
    expect((await run(['--everything'], {})).problems.join('\n')).toContain('Usage: npm run redrive')
  })
})
