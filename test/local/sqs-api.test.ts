// A small SQS on one machine, asked by the official client: what is sent is delivered, what failed can be taken and put back.
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
  type Message,
} from '@aws-sdk/client-sqs'
import { afterEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import type { Handler } from '../../lib/local/functions.ts'
import { recordsOf, temporaryFolder } from './rehearsal.ts'
import { clientOf, rehearseSmall } from './small-template.ts'

const ARN = 'arn:aws:sqs:us-east-1:111122223333:tocsin-production-'
const ALARMS = 'alarms'
const DEAD = 'alarm-dead-letters'
const MARK = { 'tocsin-redriven': { DataType: 'Number', StringValue: '2' } }

const failAll: Handler = (event) => ({
  batchItemFailures: recordsOf(event).map(({ messageId }) => ({ itemIdentifier: messageId })),
})

const clients: SQSClient[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy()
})

async function stage(handler?: Handler, data = ':memory:') {
  const rehearsal = await rehearseSmall(handler, { data })
  const { url } = rehearsal.system
  const client = new SQSClient(clientOf(url))
  clients.push(client)
  const urlOf = (queue: string): string => `${url}/111122223333/tocsin-production-${queue}`
  return {
    ...rehearsal,
    client,
    urlOf,
    records: () => rehearsal.invocations.flatMap(({ event }) => recordsOf(event)),
    attributes: async (queue: string) =>
      (await client.send(new GetQueueAttributesCommand({ QueueUrl: urlOf(queue), AttributeNames: ['All'] })))
        .Attributes,
    receive: async (queue: string, more: object = {}): Promise<Message[]> =>
      (await client.send(new ReceiveMessageCommand({ QueueUrl: urlOf(queue), MaxNumberOfMessages: 10, ...more })))
        .Messages ?? [],
    send: (queue: string, MessageBody: string, more: object = {}) =>
      client.send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody, ...more })),
  }
}

/** A system in whose dead-letter queue sits one message. */
async function withDead(data?: string) {
  let broken = true
  const it = await stage((event, context) => (broken ? failAll(event, context) : undefined), data)
  await it.send(ALARMS, '{"number":1}', { MessageAttributes: MARK })
  await it.system.advance(60 * 60_000)
  return { ...it, mend: () => (broken = false) }
}

describe('what is sent to a queue', () => {
  test('that a function consumes is delivered to it at once, with its attributes', async () => {
    const { system, send, records, attributes } = await stage()
    const { MessageId } = await send(ALARMS, 'hällo', {
      MessageAttributes: { ...MARK, raw: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) } },
    })
    await system.idle()
    expect(records()).toMatchObject([
      {
        messageId: MessageId,
        body: 'hällo',
        messageAttributes: {
          'tocsin-redriven': { dataType: 'Number', stringValue: '2', stringListValues: [], binaryListValues: [] },
          raw: { dataType: 'Binary', binaryValue: 'AQI=' },
        },
      },
    ])
    expect(await attributes(ALARMS)).toMatchObject({ ApproximateNumberOfMessages: '0' })
  })

  test('with a delay is delivered when it is over', async () => {
    const { system, send, records, attributes } = await stage()
    await send(ALARMS, 'later', { DelaySeconds: 60 })
    await system.idle()
    expect([records(), await attributes(ALARMS)]).toMatchObject([[], { ApproximateNumberOfMessagesDelayed: '1' }])
    await system.advance(60_000)
    expect(records()).toMatchObject([{ body: 'later' }])
  })

  test('in a batch is taken or refused one by one', async () => {
    const { client, urlOf, system, records } = await stage()
    const { Successful, Failed } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: urlOf(ALARMS),
        Entries: [
          { Id: 'a', MessageBody: 'first', MessageAttributes: MARK },
          { Id: 'b', MessageBody: '\u0000' },
          { Id: 'c', MessageBody: 'third' },
        ],
      }),
    )
    await system.idle()
    expect(Successful?.map(({ Id }) => Id)).toEqual(['a', 'c'])
    expect(Failed).toMatchObject([{ Id: 'b', SenderFault: true, Code: 'InvalidMessageContents' }])
    expect(records().map(({ body }) => body)).toEqual(['first', 'third'])
  })

  test('is there after a kill', async () => {
    const data = temporaryFolder()
    const before = await stage(undefined, data)
    await before.send('notifications', 'kept', { MessageAttributes: MARK })
    await before.system.close()
    const after = await stage(undefined, data)
    expect(await after.receive('notifications', { MessageAttributeNames: ['All'] })).toMatchObject([
      { Body: 'kept', MessageAttributes: MARK },
    ])
  })
})

describe('a message that is received', () => {
  test('is seen by nobody else until its time is over, and gone once it is deleted', async () => {
    const { client, urlOf, system, send, receive, attributes } = await stage()
    const queue = 'notifications'
    await send(queue, 'one')
    const [first] = await receive(queue, { VisibilityTimeout: 60 })
    expect(await receive(queue)).toEqual([])
    expect(await attributes(queue)).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '1',
    })
    await system.advance(60_000)
    const [again] = await receive(queue, { AttributeNames: ['All'] })
    expect(again).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: '2' } })
    // Who came too late deletes nothing.
    await client.send(new DeleteMessageCommand({ QueueUrl: urlOf(queue), ReceiptHandle: first?.ReceiptHandle }))
    expect(await attributes(queue)).toMatchObject({ ApproximateNumberOfMessagesNotVisible: '1' })
    const { Successful, Failed } = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: urlOf(queue),
        Entries: [
          { Id: 'a', ReceiptHandle: again?.ReceiptHandle },
          { Id: 'b', ReceiptHandle: 'nonsense' },
        ],
      }),
    )
    expect([Successful, Failed]).toMatchObject([[{ Id: 'a' }], [{ Id: 'b', Code: 'ReceiptHandleIsInvalid' }]])
    await system.advance(60 * 60_000)
    expect(await receive(queue)).toEqual([])
  })

  test('can be held longer, or given back', async () => {
    const { client, urlOf, system, send, receive } = await stage()
    const QueueUrl = urlOf('notifications')
    await send('notifications', 'one')
    const [{ ReceiptHandle } = {}] = await receive('notifications', { VisibilityTimeout: 60 })
    const change = (VisibilityTimeout: number) =>
      client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }))
    await change(120)
    await system.advance(90_000)
    expect(await receive('notifications')).toEqual([])
    await change(0)
    await expect(change(60)).rejects.toMatchObject({ name: expect.stringContaining('MessageNotInflight') })
    expect(await receive('notifications')).toHaveLength(1)
  })

  test('brings only the attributes that were asked for', async () => {
    const { send, receive } = await stage()
    await send('notifications', 'one', {
      MessageAttributes: { ...MARK, other: { DataType: 'String.name', StringValue: 'x' } },
    })
    const names = async (...MessageAttributeNames: string[]) => {
      const [message] = await receive('notifications', { MessageAttributeNames, VisibilityTimeout: 0 })
      return Object.keys(message?.MessageAttributes ?? {})
    }
    expect(await names()).toEqual([])
    expect(await names('tocsin.*', 'nothing')).toEqual([])
    expect(await names('other')).toEqual(['other'])
    expect(await names('All')).toEqual(['tocsin-redriven', 'other'])
  })
})

describe('a dead-letter queue', () => {
  test('holds what failed, as the failures do, and knows whose it is', async () => {
    const { client, urlOf, attributes, receive, get } = await withDead()
    expect(await attributes(DEAD)).toMatchObject({ QueueArn: ARN + DEAD, ApproximateNumberOfMessages: '1' })
    expect(JSON.parse((await attributes(ALARMS))?.['RedrivePolicy'] ?? '')).toEqual({
      deadLetterTargetArn: ARN + DEAD,
      maxReceiveCount: 2,
    })
    const { queueUrls } = await client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: urlOf(DEAD) }))
    expect(queueUrls).toEqual([urlOf(ALARMS)])
    const [message] = await receive(DEAD, { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] })
    expect(message).toMatchObject({
      Body: '{"number":1}',
      MessageAttributes: MARK,
      Attributes: { DeadLetterQueueSourceArn: ARN + ALARMS },
    })
    expect(await get('/_tocsin/failures')).toMatchObject({
      body: { failures: [{ id: message?.MessageId, function: 'open-incident', event: { number: 1 } }] },
    })
  })

  test('is emptied by hand: received, sent again with a mark, deleted', async () => {
    const { client, urlOf, mend, receive, send, system, records } = await withDead()
    mend()
    const [dead] = await receive(DEAD)
    await send(ALARMS, dead?.Body ?? '', { MessageAttributes: MARK })
    await client.send(new DeleteMessageCommand({ QueueUrl: urlOf(DEAD), ReceiptHandle: dead?.ReceiptHandle }))
    await system.idle()
    expect([records().length, await system.failures()]).toEqual([3, []])
    expect(records().at(-1)).toMatchObject({ messageAttributes: { 'tocsin-redriven': { stringValue: '2' } } })
  })

  test('moves everything back where it came from, also what somebody has just received', async () => {
    const { client, mend, receive, send, system, records, attributes } = await withDead()
    await send(DEAD, '{"number":2}')
    expect(await system.failures()).toMatchObject([
      { event: { number: 1 } },
      { event: { number: 2 }, function: 'open-incident', error: 'Sent to the dead-letter queue' },
    ])
    await receive(DEAD, { MaxNumberOfMessages: 1 })
    mend()
    const { TaskHandle } = await client.send(new StartMessageMoveTaskCommand({ SourceArn: ARN + DEAD }))
    await system.idle()
    expect(TaskHandle).toBeTruthy()
    expect(
      records()
        .slice(2)
        .map(({ body }) => body),
    ).toEqual(['{"number":1}', '{"number":2}'])
    expect(await attributes(DEAD)).toMatchObject({ ApproximateNumberOfMessages: '0' })
    expect(await system.failures()).toEqual([])
  })

  test('is emptied by a purge, also of what somebody has just received, and no other queue is', async () => {
    const { client, receive, send, system, urlOf, attributes } = await withDead()
    await send('notifications', 'held')
    await receive(DEAD)
    await client.send(new PurgeQueueCommand({ QueueUrl: urlOf(DEAD) }))
    expect(await system.failures()).toEqual([])
    const empty = { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' }
    expect([await attributes(DEAD), await receive('notifications')]).toMatchObject([empty, [{ Body: 'held' }]])
  })

  test('takes nothing from who has received a message of another queue', async () => {
    const { post, send, receive } = await withDead()
    await send('notifications', 'held')
    expect(await receive('notifications')).toHaveLength(1)
    await receive(DEAD)
    expect(await post('/_tocsin/failures/redrive', {})).toMatchObject({ body: { redriven: 1 } })
    expect(await receive('notifications')).toEqual([])
  })

  test('moves into another queue when told so', async () => {
    const { client, receive } = await withDead()
    await client.send(new StartMessageMoveTaskCommand({ SourceArn: ARN + DEAD, DestinationArn: `${ARN}notifications` }))
    expect(await receive('notifications')).toMatchObject([{ Body: '{"number":1}' }])
  })

  test('keeps over a restart what it holds', async () => {
    const data = temporaryFolder()
    const before = await withDead(data)
    await before.receive(DEAD)
    await before.system.close()
    const { receive, system } = await stage(undefined, data)
    expect(await receive(DEAD, { MessageAttributeNames: ['All'] })).toMatchObject([{ MessageAttributes: MARK }])
    expect(await system.failures()).toHaveLength(1)
  })
})

describe('queues', () => {
  test('are found by name, and listed a page at a time', async () => {
    const { client, urlOf } = await stage()
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: `tocsin-production-${DEAD}` }))
    expect(QueueUrl).toBe(urlOf(DEAD))
    const first = await client.send(
      new ListQueuesCommand({ QueueNamePrefix: 'tocsin-production-alarm', MaxResults: 1 }),
    )
    const { NextToken } = first
    const rest = await client.send(new ListQueuesCommand({ QueueNamePrefix: 'tocsin-production-alarm', NextToken }))
    expect([first.QueueUrls, rest.QueueUrls, rest.NextToken]).toEqual([[urlOf(DEAD)], [urlOf(ALARMS)], undefined])
  })

  test("are refused in SQS's words", async () => {
    const { client, urlOf, receive, send } = await stage()
    const missing = client.send(new GetQueueUrlCommand({ QueueName: 'nobody' }))
    await expect(missing).rejects.toBeInstanceOf(QueueDoesNotExist)
    await expect(missing).rejects.toMatchObject({ Code: 'AWS.SimpleQueueService.NonExistentQueue' })
    await expect(send('nobody', 'x')).rejects.toBeInstanceOf(QueueDoesNotExist)
    await expect(
      client.send(new ReceiveMessageCommand({ QueueUrl: urlOf(ALARMS).replace('1111', '9999') })),
    ).rejects.toBeInstanceOf(QueueDoesNotExist)
    for (const [call, name] of [
      [receive(ALARMS, { MaxNumberOfMessages: 11 }), 'InvalidParameterValue'],
      [receive(ALARMS, { VisibilityTimeout: 43_201 }), 'InvalidParameterValue'],
      [send(ALARMS, ''), 'MissingParameter'],
      [send(ALARMS, 'x', { DelaySeconds: 901 }), 'InvalidParameterValue'],
      [
        send(ALARMS, 'x', { MessageAttributes: { a: { DataType: 'Date', StringValue: 'x' } } }),
        'InvalidParameterValue',
      ],
      [client.send(new StartMessageMoveTaskCommand({ SourceArn: ARN + ALARMS })), 'InvalidParameterValue'],
      [client.send(new StartMessageMoveTaskCommand({ SourceArn: `${ARN}nobody` })), 'ResourceNotFoundException'],
      [client.send(new SendMessageBatchCommand({ QueueUrl: urlOf(ALARMS), Entries: [] })), 'EmptyBatchRequest'],
    ] as const)
      await expect(call).rejects.toMatchObject({ name: expect.stringContaining(name) })
  })
})

test('a data folder of an earlier version, whose messages had no attributes and no tries, is taken over', async () => {
  const data = temporaryFolder()
  const before = await stage(undefined, data)
  await before.send('notifications', 'old')
  await before.system.close()
  const database = openDatabase(`${data}/tocsin.db`)
  for (const column of ['attributes', 'try'])
    await database.write((db) => db.exec(`ALTER TABLE local_message DROP COLUMN ${column}`))
  await database.close()
  const after = await stage(undefined, data)
  expect(await after.receive('notifications')).toMatchObject([{ Body: 'old' }])
})
