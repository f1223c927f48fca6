// The last resort on one machine: what is published to it can be seen, whoever has subscribed, and subscribers are told.
import { PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { expect, test } from 'vitest'
import { recordsOf } from './rehearsal.ts'
import { ALARM_TOPIC, clientOf, LAST_RESORT_TOPIC, rehearseSmall } from './small-template.ts'

const Subject = 'Nobody could be paged'
const Message = 'checkout-5xx fires and no incident could be opened.'

test('what is published to the last-resort topic is shown, and delivered by e-mail and SMS', async () => {
  const { system, get } = await rehearseSmall()
  const client = new SNSClient(clientOf(system.url))
  await client.send(new PublishCommand({ TopicArn: LAST_RESORT_TOPIC, Subject, Message }))
  expect(await get('/_tocsin/messages')).toMatchObject({
    body: {
      messages: [
        { type: 'SNS', address: LAST_RESORT_TOPIC, subject: Subject, body: Message, at: '2026-03-05T09:15:00.000Z' },
        { type: 'SMS', address: '+12065550100', body: Message },
        { type: 'EMAIL', address: 'on-call@example.com', subject: Subject, body: Message },
      ],
    },
  })
  client.destroy()
})

test('a topic whose subscribers are functions and queues is not shown', async () => {
  const { system, invocations } = await rehearseSmall()
  const client = new SNSClient(clientOf(system.url))
  const Endpoint = 'arn:aws:sqs:us-east-1:111122223333:tocsin-production-alarms'
  await client.send(
    new SubscribeCommand({
      TopicArn: LAST_RESORT_TOPIC,
      Protocol: 'sqs',
      Endpoint,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  )
  await client.send(new PublishCommand({ TopicArn: ALARM_TOPIC, Message }))
  expect(await system.messages()).toEqual([])
  await client.send(
    new PublishCommand({
      TopicArn: LAST_RESORT_TOPIC,
      Message,
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'last-resort' } },
    }),
  )
  await system.idle()
  expect(recordsOf(invocations.at(-1)?.event)).toMatchObject([
    { body: Message, messageAttributes: { kind: { dataType: 'String', stringValue: 'last-resort' } } },
  ])
  client.destroy()
})
