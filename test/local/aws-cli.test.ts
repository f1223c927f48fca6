// The AWS CLI on the local CloudWatch and SQS: every `aws` of the PATH, since old ones speak the query protocol and new ones JSON.
import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { processEnvironment } from '../../lib/aws/config.ts'
import { rehearseSmall } from './small-template.ts'

const environment = processEnvironment()
const versions = [
  ...new Set(
    (environment['PATH'] ?? '')
      .split(delimiter)
      .map((folder) => join(folder, 'aws'))
      .filter((path) => existsSync(path))
      .map((path) => realpathSync(path)),
  ),
]
if (versions.length === 0)
  console.log('Without the AWS CLI, what it says to the local CloudWatch and SQS is not tested')

async function stage(cli: string) {
  const rehearsal = await rehearseSmall()
  const { url } = rehearsal.system
  const env = {
    ...environment,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_DEFAULT_REGION: 'us-east-1',
  }
  return {
    ...rehearsal,
    queue: (name: string): string => `${url}/111122223333/tocsin-production-${name}`,
    aws: async (...args: string[]): Promise<unknown> => {
      const { stdout } = await promisify(execFile)(cli, ['--endpoint-url', url, '--output', 'json', ...args], { env })
      return stdout === '' ? undefined : JSON.parse(stdout)
    },
  }
}

describe.skipIf(versions.length === 0).each(versions.length === 0 ? ['aws'] : versions)('%s', (cli) => {
  test('sets the state of an alarm, and describes it', { timeout: 60_000 }, async () => {
    const { aws, received, system } = await stage(cli)
    const set = ['cloudwatch', 'set-alarm-state', '--alarm-name', 'pay', '--state-value', 'ALARM']
    await aws(...set, '--state-reason', 'test <1> & 2')
    await system.idle()
    expect(received('open-incident')).toMatchObject([{ detail: { alarmName: 'pay', state: { value: 'ALARM' } } }])
    expect(await aws('cloudwatch', 'describe-alarms', '--alarm-names', 'pay', 'nobody')).toMatchObject({
      MetricAlarms: [{ AlarmName: 'pay', StateValue: 'ALARM', StateReason: 'test <1> & 2' }],
      CompositeAlarms: [],
    })
  })

  test('sends and receives messages with attributes', { timeout: 60_000 }, async () => {
    const { aws, queue } = await stage(cli)
    const at = ['--queue-url', queue('notifications')]
    const mark = { mark: { DataType: 'Number', StringValue: '1' } }
    await aws('sqs', 'send-message', ...at, '--message-body', 'one', '--message-attributes', JSON.stringify(mark))
    const all = ['--attribute-names', 'All', '--message-attribute-names', 'All']
    expect(await aws('sqs', 'receive-message', ...at, ...all)).toMatchObject({
      Messages: [{ Body: 'one', MessageAttributes: mark, Attributes: { ApproximateReceiveCount: '1' } }],
    })
    await expect(aws('sqs', 'get-queue-url', '--queue-name', 'nobody')).rejects.toThrow('NonExistentQueue')
  })
})
