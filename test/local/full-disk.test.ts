// A disk that is full: no sender is told that something was accepted which is not kept, and with room again all goes on.
import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { Activity } from '../../lib/local/activity.ts'
import { Alarms } from '../../lib/local/alarms.ts'
import { openCarrier } from '../../lib/local/carrier.ts'
import { SimulatedClock } from '../../lib/local/clock.ts'
import { cloudWatch } from '../../lib/local/cloudwatch-api.ts'
import { Functions } from '../../lib/local/functions.ts'
import { Json } from '../../lib/local/json.ts'
import { MessageStore } from '../../lib/local/message-store.ts'
import { Queues } from '../../lib/local/queues.ts'
import { listen } from '../../lib/local/server.ts'
import { sqs } from '../../lib/local/sqs-api.ts'
import { sts } from '../../lib/local/sts-api.ts'
import { readTemplate } from '../../lib/local/template.ts'
import { Topics } from '../../lib/local/topics.ts'
import { START } from './rehearsal.ts'
import { ALARM_TOPIC, clientOf, TEMPLATE } from './small-template.ts'

const no = (): never => {
  throw new Error('not in this test')
}

/** The intake of one machine, without functions, over a database that can be filled. */
async function intake() {
  const place = { account: '111122223333', region: 'us-east-1' }
  const door = await listen(0)
  const url = `http://127.0.0.1:${door.port}`
  const wiring = readTemplate(new Json(TEMPLATE, 'template'), { ...place, url })
  const database = openDatabase(':memory:')
  const activity = new Activity()
  const clock = new SimulatedClock(START, activity, async () => {})
  const problems: unknown[] = []
  const failed = (problem: unknown): void => void problems.push(problem)
  const carrier = await openCarrier(database)
  const store = await MessageStore.open(database)
  const queues = new Queues({ store, clock, activity, changed: () => {}, failed })
  const send = queues.send.bind(queues)
  const alarms = await Alarms.open(database, clock, place)
  const hear = alarms.hear.bind(alarms)
  const topics = await Topics.open({ database, clock, wiring, carrier, url, send, hear })
  const bus = { place, clock, rules: wiring.rules, send, hear }
  door.serve({
    clock,
    bus,
    cloudWatch: cloudWatch(alarms, bus),
    sqs: sqs(queues, wiring, url),
    sts: sts(place, 'loopback', undefined),
    sns: { topics, place, queues: wiring.queues, functions: wiring.functions },
    functions: new Functions({ specs: [], handlerOf: no, activity, runtimeOf: no, refreshRules: no }),
    control: {
      ready: () => true,
      health: no,
      failures: no,
      carrier,
      clock,
      queues,
      dataFolder: '',
      guard: () => undefined,
      backUp: no,
    },
    urlFunction: undefined,
    cannotKeep: () => false,
    failed,
  })
  const limit = (pages: number): number =>
    database.read((db) => Number(db.prepare(`PRAGMA max_page_count = ${pages}`).get()?.['max_page_count']))
  const kept = (): number =>
    wiring.queues.map(({ arn }) => store.count(arn, clock.now()).messages).reduce((sum, one) => sum + one)
  return { url, door, database, problems, kept, fill: () => limit(1), makeRoom: () => limit(1_000_000) }
}

test('a full disk is told to every sender, and nothing is half accepted', async () => {
  const { url, door, database, problems, kept, fill, makeRoom } = await intake()
  const settings = { ...clientOf(url), maxAttempts: 1 }
  const queue = new SQSClient(settings)
  const bus = new EventBridgeClient(settings)
  const topic = new SNSClient(settings)
  const watch = new CloudWatchClient(settings)
  const QueueUrl = `${url}/111122223333/tocsin-production-alarms`
  const long = 'x'.repeat(100_000)
  const reason = 'x'.repeat(50_000)
  const Detail = JSON.stringify({
    alarmName: 'pay',
    state: { value: 'ALARM', reason, timestamp: '2026-03-05T09:10:00.000+0000' },
  })
  const Resources = ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:pay']
  const senders = [
    () => queue.send(new SendMessageCommand({ QueueUrl, MessageBody: long })),
    () => queue.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: long }] })),
    () =>
      bus.send(
        new PutEventsCommand({
          Entries: [{ Source: 'aws.cloudwatch', DetailType: 'CloudWatch Alarm State Change', Detail, Resources }],
        }),
      ),
    () => topic.send(new PublishCommand({ TopicArn: ALARM_TOPIC, Message: long })),
    () => watch.send(new SetAlarmStateCommand({ AlarmName: 'ship', StateValue: 'OK', StateReason: reason })),
  ]
  const names = async () =>
    (await watch.send(new DescribeAlarmsCommand({}))).MetricAlarms?.map(({ AlarmName }) => AlarmName)

  fill()
  for (const send of senders) await expect(send()).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } })
  expect([kept(), await names()]).toEqual([0, []])
  expect(problems).toHaveLength(senders.length)

  makeRoom()
  for (const send of senders) await send()
  expect([kept(), await names()]).toEqual([senders.length, ['pay', 'ship']])
  for (const client of [queue, bus, topic, watch]) client.destroy()
  door.close()
  await database.close()
})
