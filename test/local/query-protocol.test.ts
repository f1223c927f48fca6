// The query protocol (a form in, XML out), which older clients speak to CloudWatch and SQS: the forms that AWS CLI 2.9 sends.
import { describe, expect, test } from 'vitest'
import { rehearseSmall } from './small-template.ts'

const CLOUDWATCH = '2010-08-01'
const SQS = '2012-11-05'

async function stage() {
  const rehearsal = await rehearseSmall()
  const { url } = rehearsal.system
  return {
    ...rehearsal,
    queue: (name: string): string => `${url}/111122223333/tocsin-production-${name}`,
    call: async (Version: string, Action: string, form: Record<string, string> = {}, at = url) => {
      const response = await fetch(at, { method: 'POST', body: new URLSearchParams({ Action, Version, ...form }) })
      return { status: response.status, xml: (await response.text()).replaceAll(/<RequestId>[^<]+/g, '<RequestId>') }
    },
  }
}

const ANSWERED = '<ResponseMetadata><RequestId></RequestId></ResponseMetadata>'

/** The texts of an element, in order. */
const texts = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => text)

describe('CloudWatch', () => {
  test('takes lists and numbers from the form, and answers lists of members', async () => {
    const { call, received, system } = await stage()
    for (const AlarmName of ['pay', 'ship']) {
      const form = { AlarmName, StateValue: 'ALARM', StateReason: 'test <1> & 2' }
      expect((await call(CLOUDWATCH, 'SetAlarmState', form)).xml).toBe(
        `<SetAlarmStateResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><SetAlarmStateResult></SetAlarmStateResult>${ANSWERED}</SetAlarmStateResponse>`,
      )
    }
    await system.idle()
    expect(received('open-incident')).toHaveLength(2)
    const names = { 'AlarmNames.member.1': 'ship', 'AlarmNames.member.2': 'nobody' }
    const { xml } = await call(CLOUDWATCH, 'DescribeAlarms', names)
    expect(xml).toContain(
      '<CompositeAlarms></CompositeAlarms><LogAlarms></LogAlarms><MetricAlarms><member><AlarmName>ship</AlarmName>',
    )
    expect(texts(xml, 'StateReason')).toEqual(['test &#60;1&#62; &#38; 2'])
    expect(texts(xml, 'StateUpdatedTimestamp')).toEqual(['2026-03-05T09:15:00.000Z'])
    const first = await call(CLOUDWATCH, 'DescribeAlarms', { MaxRecords: '1' })
    const [NextToken = ''] = texts(first.xml, 'NextToken')
    const second = await call(CLOUDWATCH, 'DescribeAlarms', { MaxRecords: '1', NextToken })
    expect([first, second].flatMap((page) => texts(page.xml, 'AlarmName'))).toEqual(['pay', 'ship'])
  })

  test('refuses with the code of old', async () => {
    const { call } = await stage()
    const { status, xml } = await call(CLOUDWATCH, 'DescribeAlarms', { MaxRecords: '0' })
    expect([status, texts(xml, 'Type'), texts(xml, 'Code')]).toEqual([400, ['Sender'], ['ValidationError']])
    const unknown = await call(CLOUDWATCH, 'PutMetricAlarm')
    expect([unknown.status, texts(unknown.xml, 'Code')]).toEqual([400, ['InvalidAction']])
  })
})

describe('SQS', () => {
  test('takes and gives messages with attributes, at the URL of the queue', async () => {
    const { call, queue } = await stage()
    const QueueUrl = queue('notifications')
    const mark = { Name: 'mark', 'Value.DataType': 'Number', 'Value.StringValue': '1' }
    const attribute = (before: string): object =>
      Object.fromEntries(Object.entries(mark).map(([name, value]) => [`${before}MessageAttribute.1.${name}`, value]))
    const sent = await call(SQS, 'SendMessage', { QueueUrl, MessageBody: 'one', ...attribute('') }, QueueUrl)
    expect(texts(sent.xml, 'MD5OfMessageBody')).toEqual(['f97c5d29941bfb1b2fdab0874906ab82'])
    const entry = 'SendMessageBatchRequestEntry.'
    const batch = await call(SQS, 'SendMessageBatch', {
      QueueUrl,
      [`${entry}1.Id`]: 'a',
      [`${entry}1.MessageBody`]: 'two',
      ...attribute(`${entry}1.`),
      [`${entry}2.Id`]: 'b',
      [`${entry}2.MessageBody`]: 'late',
      [`${entry}2.DelaySeconds`]: '901',
    })
    expect(batch.xml).toContain('<SendMessageBatchResultEntry><Id>a</Id>')
    expect(batch.xml).toContain(
      '<BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault><Code>InvalidParameterValue',
    )
    const { xml } = await call(SQS, 'ReceiveMessage', {
      QueueUrl,
      'AttributeName.1': 'ApproximateReceiveCount',
      'MessageAttributeName.1': 'All',
      MaxNumberOfMessages: '10',
    })
    expect(texts(xml, 'Body')).toEqual(['one', 'two'])
    expect(xml).toContain('<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>')
    expect(xml).toContain(
      '<MessageAttribute><Name>mark</Name><Value><DataType>Number</DataType><StringValue>1</StringValue></Value></MessageAttribute>',
    )
    const [ReceiptHandle = '', other = ''] = texts(xml, 'ReceiptHandle')
    await call(SQS, 'ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: '0' })
    await call(SQS, 'DeleteMessage', { QueueUrl, ReceiptHandle })
    const deleted = 'DeleteMessageBatchRequestEntry.1.'
    const answer = await call(SQS, 'DeleteMessageBatch', {
      QueueUrl,
      [`${deleted}Id`]: 'x',
      [`${deleted}ReceiptHandle`]: other,
    })
    expect(answer.xml).toContain('<DeleteMessageBatchResultEntry><Id>x</Id></DeleteMessageBatchResultEntry>')
    const left = await call(SQS, 'GetQueueAttributes', { QueueUrl, 'AttributeName.1': 'All' })
    expect(left.xml).toContain('<Attribute><Name>ApproximateNumberOfMessages</Name><Value>0</Value></Attribute>')
    expect(left.xml).toContain('<Name>ApproximateNumberOfMessagesNotVisible</Name><Value>0</Value>')
  })

  test('lists queues flat, and refuses with the code of old', async () => {
    const { call, queue } = await stage()
    const dead = queue('alarm-dead-letters')
    const listed = await call(SQS, 'ListQueues', { QueueNamePrefix: 'tocsin-production-alarm' })
    expect(texts(listed.xml, 'QueueUrl')).toEqual([dead, queue('alarms')])
    const sources = await call(SQS, 'ListDeadLetterSourceQueues', { QueueUrl: dead })
    expect(texts(sources.xml, 'QueueUrl')).toEqual([queue('alarms')])
    const { status, xml } = await call(SQS, 'GetQueueUrl', { QueueName: 'nobody' })
    expect([status, texts(xml, 'Code')]).toEqual([400, ['AWS.SimpleQueueService.NonExistentQueue']])
  })
})
