// One machine: what the template wires is delivered, in real clients' words, and nobody from elsewhere gets in.
import { request } from 'node:http'
import {
  CreateTopicCommand,
  ListSubscriptionsCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { describe, expect, test } from 'vitest'
import { currentRuntime } from '../../lib/aws/runtime.ts'
import { parseJson } from '../../lib/local/json.ts'
import { ownEvent, recordsOf, rehearse, temporaryFolder } from './rehearsal.ts'

const SETTINGS = { region: 'us-east-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } }
const ALARM_TOPIC = 'arn:aws:sns:us-east-1:111122223333:tocsin-production-alarms'

const fail = (event: unknown, reason = 'broken'): object => ({
  batchItemFailures: recordsOf(event).map(({ messageId }) => {
    currentRuntime(no).onRecordFailed?.(messageId, reason)
    return { itemIdentifier: messageId }
  }),
})

const no = (): never => {
  throw new Error('no')
}

/** A request with headers that fetch would not send. Answers the status. */
const ask = (url: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const call = request(url, { method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
    call.on('error', reject).end(body)
  })

describe('the event bus', () => {
  test('takes an alarm as EventBridge would hand it to the queue, from the official client', async () => {
    const { system, received, invocations } = await rehearse()
    const client = new EventBridgeClient({ ...SETTINGS, endpoint: system.url })
    const answer = await client.send(
      new PutEventsCommand({
        Entries: [
          {
            Source: 'aws.cloudwatch',
            DetailType: 'CloudWatch Alarm State Change',
            Detail: '{"alarmName":"pay-5xx"}',
            Resources: ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:pay-5xx'],
            Time: new Date('2026-03-05T09:14:59.900Z'),
          },
        ],
      }),
    )
    await system.idle()
    expect(answer.FailedEntryCount).toBe(0)
    expect(received('open-incident')).toEqual([
      {
        version: '0',
        id: answer.Entries?.[0]?.EventId,
        'detail-type': 'CloudWatch Alarm State Change',
        source: 'aws.cloudwatch',
        account: '111122223333',
        time: '2026-03-05T09:14:59Z',
        region: 'us-east-1',
        resources: ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:pay-5xx'],
        detail: { alarmName: 'pay-5xx' },
      },
    ])
    expect(recordsOf(invocations[0]?.event)[0]).toMatchObject({
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:tocsin-production-alarms',
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1772702100000' },
    })
    client.destroy()
  })

  test('refuses an entry alone, in the words of EventBridge, and takes the others', async () => {
    const { system, putEvents, received } = await rehearse()
    const { body } = await putEvents(
      { DetailType: 'Test', Detail: '{}' },
      { Source: 'tocsin.test', DetailType: 'Test', Detail: 'no JSON' },
      { Source: 'tocsin.test', DetailType: 'Test', Detail: '[]' },
      { Source: 'tocsin.test', DetailType: 'Test', Detail: '{}', EventBusName: 'other' },
      ownEvent(5),
    )
    await system.idle()
    expect(body).toMatchObject({
      FailedEntryCount: 4,
      Entries: [
        { ErrorCode: 'InvalidArgument', ErrorMessage: expect.stringContaining('Source is a required argument') },
        { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
        { ErrorCode: 'MalformedDetail' },
        { ErrorCode: 'ResourceNotFoundException', ErrorMessage: 'Event bus other does not exist.' },
        { EventId: expect.any(String) },
      ],
    })
    expect(received('open-incident')).toMatchObject([{ detail: { number: 5 } }])
  })

  test('delivers nothing that no rule of the template takes', async () => {
    const { system, putEvents, invocations } = await rehearse()
    await putEvents({ Source: 'aws.ec2', DetailType: 'x', Detail: '{}' })
    await putEvents({ Source: 'aws.health', DetailType: 'x', Detail: '{"eventTypeCategory":"scheduledChange"}' })
    await system.idle()
    expect(invocations).toEqual([])
  })

  test('refuses more than ten entries, and more than 256 KB', async () => {
    const { putEvents } = await rehearse()
    expect(await putEvents(...Array.from({ length: 11 }, (_, index) => ownEvent(index)))).toMatchObject({
      status: 400,
      body: { __type: 'ValidationException', message: expect.stringContaining('less than or equal to 10') },
    })
    const large = { ...ownEvent(1), Detail: JSON.stringify({ text: 'x'.repeat(256 * 1024) }) }
    expect(await putEvents(large)).toMatchObject({ status: 400, body: { __type: 'ValidationException' } })
  })
})

describe('topics', () => {
  test('of the template exist, subscribed as deployed, and deliver in the envelope of SNS', async () => {
    const { system, received } = await rehearse()
    const client = new SNSClient({ ...SETTINGS, endpoint: system.url })
    const { Topics } = await client.send(new ListTopicsCommand({}))
    expect(Topics?.map(({ TopicArn }) => TopicArn?.split(':').at(-1))).toEqual([
      'tocsin-production-alarms',
      'tocsin-production-notifications',
      'tocsin-production-replies',
      'tocsin-production-last-resort',
      'tocsin-production-self-watch',
    ])
    const { Subscriptions } = await client.send(new ListSubscriptionsCommand({}))
    expect(Subscriptions?.find(({ TopicArn }) => TopicArn === ALARM_TOPIC)).toMatchObject({
      Protocol: 'sqs',
      Endpoint: 'arn:aws:sqs:us-east-1:111122223333:tocsin-production-alarms',
    })
    const { MessageId } = await client.send(
      new PublishCommand({
        TopicArn: ALARM_TOPIC,
        Subject: 'ALARM: "pay" <5xx>',
        Message: '{"AlarmName":"pay & more"}',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'alarm' } },
      }),
    )
    await system.idle()
    expect(received('open-incident')).toMatchObject([
      {
        Type: 'Notification',
        MessageId,
        TopicArn: ALARM_TOPIC,
        Subject: 'ALARM: "pay" <5xx>',
        Message: '{"AlarmName":"pay & more"}',
        Timestamp: '2026-03-05T09:15:00.000Z',
        MessageAttributes: { kind: { Type: 'String', Value: 'alarm' } },
      },
    ])
    client.destroy()
  })

  test('tell people who have subscribed through the local messages, and outlive a restart', async () => {
    const data = temporaryFolder()
    const first = await rehearse({}, { data })
    const client = new SNSClient({ ...SETTINGS, endpoint: first.system.url })
    const { TopicArn } = await client.send(new CreateTopicCommand({ Name: 'last-resort' }))
    const subscription = { TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' }
    const { SubscriptionArn } = await client.send(new SubscribeCommand(subscription))
    expect((await client.send(new SubscribeCommand(subscription))).SubscriptionArn).toBe(SubscriptionArn)
    await first.system.close()
    client.destroy()

    const { system } = await rehearse({}, { data })
    const again = new SNSClient({ ...SETTINGS, endpoint: system.url })
    await again.send(new PublishCommand({ TopicArn, Subject: 'Help', Message: 'Nothing could be opened' }))
    expect(await system.messages()).toMatchObject([
      { type: 'EMAIL', address: 'ops@example.com', subject: 'Help', body: 'Nothing could be opened' },
    ])
    again.destroy()
  })

  test('show what nobody has subscribed to, and text messages to a number', async () => {
    const { system } = await rehearse()
    const client = new SNSClient({ ...SETTINGS, endpoint: system.url })
    const { TopicArn } = await client.send(new CreateTopicCommand({ Name: 'nobody' }))
    await client.send(new PublishCommand({ TopicArn, Message: 'unheard' }))
    await client.send(new PublishCommand({ PhoneNumber: '+15550100', Message: 'hello' }))
    expect(await system.messages()).toMatchObject([
      { type: 'SMS', address: '+15550100', body: 'hello' },
      { type: 'SNS', address: TopicArn, body: 'unheard' },
    ])
    client.destroy()
  })

  test('refuse what SNS would refuse, in its words', async () => {
    const { system } = await rehearse()
    const client = new SNSClient({ ...SETTINGS, endpoint: system.url })
    const publish = (input: { TopicArn: string; Message: string }) => client.send(new PublishCommand(input))
    await expect(publish({ TopicArn: `${ALARM_TOPIC}x`, Message: 'x' })).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Topic does not exist',
      $metadata: { httpStatusCode: 404 },
    })
    await expect(publish({ TopicArn: ALARM_TOPIC, Message: 'x'.repeat(256 * 1024 + 1) })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Message too long',
    })
    client.destroy()
  })
})

describe('Lambda invocations', () => {
  test('answer at once what the function answers, or its error, by name, ARN or key', async () => {
    const { system } = await rehearse({
      'accept-page': (event) => ({ event }),
      sweep: () => {
        throw new RangeError('too far')
      },
    })
    const client = new LambdaClient({ ...SETTINGS, endpoint: system.url })
    for (const FunctionName of [
      'accept-page',
      'tocsin-production-accept-page',
      'arn:aws:lambda:us-east-1:111122223333:function:tocsin-production-accept-page',
    ]) {
      const { Payload, StatusCode } = await client.send(new InvokeCommand({ FunctionName, Payload: '{"a":1}' }))
      expect([StatusCode, Payload?.transformToString()]).toEqual([200, '{"event":{"a":1}}'])
    }
    const failed = await client.send(new InvokeCommand({ FunctionName: 'sweep' }))
    expect(failed.FunctionError).toBe('Unhandled')
    expect(parseJson(failed.Payload?.transformToString() ?? '', 'payload').value).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'too far',
    })
    await expect(client.send(new InvokeCommand({ FunctionName: 'nobody' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    client.destroy()
  })

  test('of the event type are repeated twice, minutes apart, and then go to the failure destination', async () => {
    const at: string[] = []
    const { system, received } = await rehearse({
      'open-incident': (event, context) => {
        if (recordsOf(event).length > 0) return undefined
        at.push(system.now().toISOString().slice(11, 16))
        throw new Error(`${context.functionName} does not answer`)
      },
    })
    const client = new LambdaClient({ ...SETTINGS, endpoint: system.url })
    const { StatusCode } = await client.send(
      new InvokeCommand({ FunctionName: 'open-incident', InvocationType: 'Event', Payload: '{"alarmArn":"x"}' }),
    )
    await system.advance(10 * 60_000)
    expect([StatusCode, at]).toEqual([202, ['09:15', '09:16', '09:18']])
    expect(received('open-incident')).toMatchObject([
      {
        requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
        requestPayload: { alarmArn: 'x' },
        responsePayload: { errorType: 'Error', errorMessage: 'tocsin-production-open-incident does not answer' },
      },
    ])
    client.destroy()
  })

  test('give the function a context as on Lambda', async () => {
    const { system, invocations, post } = await rehearse()
    await post('/2015-03-31/functions/sweep/invocations', {})
    await system.idle()
    const context = invocations[0]?.context
    expect(context).toMatchObject({
      functionName: 'tocsin-production-sweep',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:tocsin-production-sweep',
      memoryLimitInMB: '512',
    })
    const remaining = context?.getRemainingTimeInMillis() ?? 0
    expect(remaining > 0 && remaining <= 60_000).toBe(true)
  })
})

describe('what keeps failing', () => {
  test('is found in the failures with function, error and event, and can be put back', async () => {
    let broken = true
    const { system, putEvents, get, post, received } = await rehearse({
      'open-incident': (event) => (broken ? fail(event, 'the plan is missing') : undefined),
    })
    await putEvents(ownEvent(1))
    await system.advance(60 * 60_000)
    expect(await get('/_tocsin/failures')).toMatchObject({
      status: 200,
      body: {
        failures: [
          {
            id: expect.any(String),
            at: '2026-03-05T09:27:00.000Z',
            function: 'open-incident',
            error: 'the plan is missing',
            event: { source: 'tocsin.test', detail: { number: 1 } },
          },
        ],
      },
    })
    broken = false
    expect(await post('/_tocsin/failures/redrive', {})).toEqual({
      status: 200,
      body: { redriven: 1, data: ':memory:' },
    })
    await system.idle()
    expect(await get('/_tocsin/failures')).toMatchObject({ body: { failures: [] } })
    expect(received('open-incident')).toHaveLength(6)
  })

  test('never holds up the records beside it', async () => {
    const done: unknown[] = []
    const { system, putEvents } = await rehearse({
      'open-incident': (event) => {
        const poison = recordsOf(event).filter(({ body }) => body.includes('"number":2'))
        done.push(...recordsOf(event).filter((record) => !poison.includes(record)))
        return { batchItemFailures: poison.map(({ messageId }) => ({ itemIdentifier: messageId })) }
      },
    })
    await putEvents(ownEvent(1), ownEvent(2), ownEvent(3))
    await system.advance(60 * 60_000)
    expect(done).toHaveLength(2)
    expect(await system.failures()).toHaveLength(1)
  })
})

describe('a kill', () => {
  test('loses nothing that was accepted: events, published messages and asynchronous invocations', async () => {
    const data = temporaryFolder()
    const first = await rehearse({ 'open-incident': (event) => fail(event), 'accept-page': no }, { data })
    await first.putEvents(ownEvent(1))
    await first.post('/2015-03-31/functions/accept-page/invocations', { page: 1 }, { 'x-amz-invocation-type': 'Event' })
    await first.system.idle()
    await first.system.advance(30_000)
    await first.system.close()

    const second = await rehearse({}, { data })
    expect(second.system.now().toISOString()).toBe('2026-03-05T09:15:30.000Z')
    await second.system.advance(5 * 60_000)
    expect(second.received('open-incident')).toMatchObject([{ detail: { number: 1 } }])
    expect(second.invocations.filter(({ name }) => name === 'accept-page').map(({ event }) => event)).toEqual([
      { page: 1 },
    ])
  })
})

describe('a data folder in use', () => {
  test('is left alone by a second system, which says so', async () => {
    const data = temporaryFolder()
    const { get } = await rehearse({}, { data })
    await expect(rehearse({}, { data })).rejects.toThrow(/Another process is using .*tocsin\.db/)
    expect(await get('/_tocsin/health')).toMatchObject({ status: 200 })
  })
})

describe('the clock', () => {
  test('stands still until it is advanced, and runs the schedules on the way', async () => {
    const ticks: string[] = []
    const { system, get, post } = await rehearse({
      sweep: (event) => void ticks.push(parseJson(JSON.stringify(event), 'event').get('time').string()),
    })
    expect(await get('/_tocsin/clock')).toEqual({ status: 200, body: { now: '2026-03-05T09:15:00.000Z' } })
    expect(await post('/_tocsin/clock', { advance: 'PT2M30S' })).toEqual({
      status: 200,
      body: { now: '2026-03-05T09:17:30.000Z' },
    })
    expect([ticks, system.now().toISOString()]).toEqual([
      ['2026-03-05T09:16:00Z', '2026-03-05T09:17:00Z'],
      '2026-03-05T09:17:30.000Z',
    ])
  })

  test('answers an advance only after everything that it set off has come to its end', async () => {
    let finished = false
    const { post, putEvents } = await rehearse({
      'open-incident': async () => {
        for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
        finished = true
      },
    })
    await putEvents(ownEvent(1))
    await post('/_tocsin/clock', { advance: 'PT0S' })
    expect(finished).toBe(true)
  })

  test.each(['5m', 'PT', 'P1Y', '-PT5M', 'PT-5M', '', 'P1M', 'P32D'])('refuses to advance by %j', async (advance) => {
    const { post } = await rehearse()
    expect(await post('/_tocsin/clock', { advance })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('advance must be') },
    })
  })

  test('refuses a body that says nothing', async () => {
    const { post } = await rehearse()
    expect(await post('/_tocsin/clock', {})).toEqual({
      status: 400,
      body: { message: 'The body.advance must be a string' },
    })
  })

  test('cannot be asked or moved when it is the real one', async () => {
    const { get, post } = await rehearse({}, { clock: 'real' })
    const body = { message: expect.stringContaining('TOCSIN_CLOCK=simulated') }
    expect(await get('/_tocsin/clock')).toMatchObject({ status: 404, body })
    expect(await post('/_tocsin/clock', { advance: 'PT5M' })).toMatchObject({ status: 404, body })
  })
})

describe('the door', () => {
  test.each(['/', '/_tocsin/messages', '/_tocsin/health', '/getIncidentRecord'])(
    'lets nobody from elsewhere in to %s',
    async (path) => {
      const { system, invocations } = await rehearse()
      const { port } = new URL(system.url)
      for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${Number(port) + 1}`])
        expect(await ask(system.url + path, { host })).toBe(403)
      for (const origin of ['http://evil.example', 'null', `https://127.0.0.1:${port}`])
        expect(await ask(system.url + path, { origin }, 'POST')).toBe(403)
      expect(invocations).toEqual([])
    },
  )

  test('lets its own page and its own machine in', async () => {
    const { system } = await rehearse()
    const { port } = new URL(system.url)
    expect(await ask(`${system.url}/_tocsin/health`, { origin: system.url })).toBe(200)
    expect(await ask(`${system.url}/_tocsin/health`, { host: `localhost:${port}` })).toBe(200)
  })

  test('refuses a body that no function URL takes', async () => {
    const { system, post } = await rehearse()
    expect(await post('/x', { text: 'x'.repeat(6 * 1024 * 1024) })).toMatchObject({ status: 413 })
    await system.idle()
  })

  test('tells of an endpoint that does not exist', async () => {
    const { get } = await rehearse()
    expect(await get('/_tocsin/nothing')).toEqual({
      status: 404,
      body: { message: 'There is no GET /_tocsin/nothing' },
    })
  })
})

describe('the function URL', () => {
  test('hands everything else to the incident manager as a function URL does', async () => {
    const { system, invocations } = await rehearse({
      'incident-manager': () => ({
        statusCode: 201,
        headers: { 'Content-Type': 'application/json' },
        cookies: ['a=1', 'b=2'],
        body: Buffer.from('{"arn":"x"}').toString('base64'),
        isBase64Encoded: true,
      }),
    })
    const response = await fetch(`${system.url}/tags/arn%3Aaws%2Fx?tagKeys=a&tagKeys=b%20c`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: 'c=3; d=4' },
      body: '{"a":"ä"}',
    })
    expect([response.status, await response.json(), response.headers.getSetCookie()]).toEqual([
      201,
      { arn: 'x' },
      ['a=1', 'b=2'],
    ])
    expect(response.headers.get('x-amzn-requestid')).toBeTruthy()
    expect(invocations[0]?.event).toMatchObject({
      version: '2.0',
      rawPath: '/tags/arn%3Aaws%2Fx',
      rawQueryString: 'tagKeys=a&tagKeys=b%20c',
      queryStringParameters: { tagKeys: 'a,b c' },
      cookies: ['c=3', 'd=4'],
      requestContext: {
        http: { method: 'POST', path: '/tags/arn%3Aaws%2Fx' },
        time: '05/Mar/2026:09:15:00 +0000',
        timeEpoch: 1772702100000,
      },
      body: '{"a":"ä"}',
      isBase64Encoded: false,
    })
  })

  test('sends a body of the JSON 1.1 protocol in base64, as AWS does', async () => {
    const { invocations, post } = await rehearse()
    await post(
      '/',
      { a: 1 },
      { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'SSMContacts.ListContacts' },
    )
    expect(invocations[0]?.event).toMatchObject({ body: btoa('{"a":1}'), isBase64Encoded: true })
  })

  test('hides what went wrong in the function', async () => {
    const problems: unknown[] = []
    const { get } = await rehearse(
      { 'incident-manager': () => Promise.reject(new Error('the secret is 42')) },
      { report: (problem) => problems.push(problem) },
    )
    expect(await get('/listIncidents')).toEqual({ status: 502, body: { Message: 'Internal Server Error' } })
    expect(problems).toEqual([new Error('the secret is 42')])
  })
})
