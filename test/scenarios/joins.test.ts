// What joins an incident brings what responders need: its graphs, links, resources and text, each once.
import type { RelatedItem } from '@aws-sdk/client-ssm-incidents'
import { UpdateRelatedItemsCommand } from '@aws-sdk/client-ssm-incidents'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Engine, Rehearsal } from './rehearsal.ts'

const RULES = `
version: 1
defaults: {title: Checkout, resolve: {after: 10m, mode: unless-human}}
rules:
  - id: checkout
    match: {source: [aws.cloudwatch]}
    open: {dedupe: checkout, links: [{title: Runbook, url: "https://wiki.example.com/\${detail.alarmName}"}]}
  - {id: orders, match: {source: [tocsin.orders]}, open: {dedupe: checkout, links: [{title: Orders, url: "\${detail.url}"}]}}
`
const valueOf = ({ identifier }: RelatedItem): string =>
  identifier?.value?.url ?? identifier?.value?.arn ?? identifier?.value?.metricDefinition ?? ''

describe.each<Engine>(['sqlite', 'dynamodb'])('what joins an incident, on %s,', { timeout: 120_000 }, (engine) => {
  let on: Rehearsal
  beforeEach(async () => {
    on = await Rehearsal.start(engine, {}, RULES)
  })
  afterEach(() => on.close())

  it('brings its graph, its links and its resource, and nothing when it comes again', async () => {
    await on.alarm({ name: 'one', state: 'ALARM' })
    const { arn } = await on.incident()
    const before = (await on.relatedItems(arn)).length
    await on.alarm({ name: 'two', state: 'ALARM' })
    const resource = 'arn:aws:sqs:us-east-1:111122223333:orders'
    await on.put('tocsin.orders', 'Orders wait', { waiting: 7, url: 'https://orders.example.com/' }, [resource])
    const joined = (await on.relatedItems(arn)).slice(before)
    expect(joined.map(valueOf)).toEqual(
      expect.arrayContaining([
        'https://wiki.example.com/two',
        'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#alarmsV2:alarm/two',
        'arn:aws:cloudwatch:us-east-1:111122223333:alarm:two',
        expect.stringContaining('"title":"two"'),
        'https://orders.example.com/',
        resource,
      ]),
    )
    expect(joined).toHaveLength(6)
    const event = (await on.timeline(arn)).find(({ data }) => String(data['message']).startsWith('Orders wait'))
    expect(event?.data['detail']).toContain('"waiting":7')
    await on.minutes(1)
    await on.alarm({ name: 'two', state: 'OK' })
    await on.minutes(1)
    await on.alarm({ name: 'two', state: 'ALARM' })
    expect(await on.relatedItems(arn)).toHaveLength(before + 6)
    expect(await on.system.failures()).toEqual([])
  })

  it('brings at most 25 items, and leaves 10 of 50 to people', async () => {
    for (let at = 0; at < 9; at++) await on.alarm({ name: `alarm-${at}`, state: 'ALARM' })
    const { arn } = await on.incident()
    expect(await on.relatedItems(arn)).toHaveLength(4 + 25)
  })

  it('is not tried again where there is no room, and the rest is told', async () => {
    await on.alarm({ name: 'one', state: 'ALARM' })
    const { arn } = await on.incident()
    for (let at = (await on.relatedItems(arn)).length; at < 50; at++)
      await on.incidents.send(
        new UpdateRelatedItemsCommand({
          incidentRecordArn: arn,
          relatedItemsUpdate: {
            itemToAdd: { identifier: { type: 'OTHER', value: { url: `https://a.example.com/${at}` } } },
          },
        }),
      )
    for (const name of ['two', 'three']) await on.alarm({ name, state: 'ALARM' })
    await on.minutes(5)
    expect(await on.relatedItems(arn)).toHaveLength(50)
    expect((await on.told(arn)).filter((line) => line.includes('went'))).toHaveLength(3)
    const refused = on.logs().filter((line) => JSON.stringify(line).includes('ServiceQuotaExceeded'))
    expect(refused.filter((line) => JSON.stringify(line).includes('refused a command')).length).toBeLessThanOrEqual(4)
    expect(await on.system.failures()).toEqual([])
  })
})
