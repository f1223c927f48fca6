// Every road that an alarm can take leads to the same incident, and what cannot be read harms no other.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Rehearsal } from './rehearsal.ts'

const fixture = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../../events', name), 'utf8'))

describe('an alarm', () => {
  let on: Rehearsal
  beforeEach(async () => {
    on = await Rehearsal.start('sqlite', { startAt: new Date('2026-03-01T12:04:03.000Z') })
  })
  afterEach(() => on.close())

  const road = {
    eventBridge: async () => {
      const { source, detail, resources, ...event } = fixture('cloudwatch/alarm.json')
      await on.put(source, event['detail-type'], detail, resources)
    },
    topic: () => on.publish('alarms', fixture('sns/alarm-notification.message.json')),
    direct: async () => {
      const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
      const lambda = new LambdaClient({ endpoint: on.system.url, region: 'us-east-1', credentials })
      const Payload = Buffer.from(JSON.stringify(fixture('lambda/alarm-invocation.json')))
      await lambda.send(new InvokeCommand({ FunctionName: 'open-incident', InvocationType: 'Event', Payload }))
      await on.system.idle()
      lambda.destroy()
    },
  }

  it.each([
    [road.eventBridge, road.topic, road.direct],
    [road.topic, road.direct, road.eventBridge],
    [road.direct, road.eventBridge, road.topic],
  ])('is one incident, told once and paged once, though it comes by three roads', async (...roads) => {
    for (const take of roads) await take()
    const { arn, title } = await on.incident()
    expect(title).toBe('Something is wrong')
    expect(await on.told(arn)).toEqual([
      expect.stringMatching(/^Alarm checkout-5xx went from OK to ALARM \(value 42, threshold 10\): Threshold Crossed/),
    ])
    expect(await on.pages()).toHaveLength(1)
    expect(await on.system.failures()).toEqual([])
  })

  it('is opened though another event cannot be read; that one waits with the field that is wrong', async () => {
    const { source, detail, resources, ...event } = fixture('cloudwatch/alarm.json')
    await on.put(source, event['detail-type'], { ...detail, state: { ...detail.state, value: 'PERHAPS' } }, resources)
    await road.eventBridge()
    const opened = (await on.records()).map(({ title }) => title)
    expect(opened).toEqual(['Messages that cannot be read, by EventBridge', 'Something is wrong'])
    await on.minutes(30)
    const [failure, ...more] = await on.system.failures()
    expect(more).toEqual([])
    expect(failure).toMatchObject({
      function: 'open-incident',
      error: expect.stringMatching(/MalformedInput.*state\.value/),
    })
  })
})
