// The series of an alarm over many: each is named, and one that begins to fail after an answer tells somebody.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Engine, Rehearsal } from './rehearsal.ts'

const RULES = `
version: 1
defaults: {title: "\${detail.alarmName}", resolve: {after: 10m, mode: unless-human}}
`
const ARN = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:stalled'

describe.each<Engine>(['sqlite', 'dynamodb'])('an alarm over many, on %s,', { timeout: 120_000 }, (engine) => {
  let on: Rehearsal
  beforeEach(async () => {
    on = await Rehearsal.start(engine, {}, RULES)
  })
  afterEach(() => on.close())

  const series = (value: string, table: string, id = table): Promise<void> =>
    on.put(
      'aws.cloudwatch',
      'CloudWatch Alarm Contributor State Change',
      {
        alarmName: 'stalled',
        state: { value, reason: 'r', timestamp: on.system.now().toISOString() },
        alarmContributor: { id, attributes: { TableName: table } },
      },
      [ARN],
    )
  const whole = (state: 'ALARM' | 'OK'): Promise<void> => on.alarm({ name: 'stalled', state })
  const answer = async (): Promise<void> => on.accept((await on.pages()).at(-1))

  it('names the series that opens it in title, page and timeline', async () => {
    await series('ALARM', 'orders')
    const { arn, title } = await on.incident()
    expect(title).toBe('stalled (TableName=orders)')
    expect((await on.pages())[0]?.body).toContain('TableName=orders')
    expect(await on.told(arn)).toEqual([expect.stringMatching(/^Alarm stalled \(TableName=orders\) went to ALARM/u)])
  })

  it('tells somebody of a series that begins to fail after the answer, once, and again after the next answer', async () => {
    await whole('ALARM')
    await series('ALARM', 'orders')
    await answer()
    await on.minutes(20)
    const before = (await on.pages()).length
    await series('ALARM', 'customers')
    await series('ALARM', 'refunds')
    await on.minutes(2)
    const { arn } = await on.incident()
    const pages = (await on.pages()).slice(before)
    expect(pages[0]?.body).toMatch(
      /stalled \(TableName=customers\), stalled \(TableName=refunds\) began to fail after somebody had answered/u,
    )
    expect(pages.every(({ contactArn }) => contactArn === pages[0]?.contactArn)).toBe(true)
    await answer()
    const answered = (await on.pages()).length
    await on.minutes(20)
    expect(await on.pages()).toHaveLength(answered)
    await series('ALARM', 'returns')
    await on.minutes(2)
    expect((await on.pages()).length).toBeGreaterThan(answered)
    expect((await on.told(arn)).join('\n')).toMatch(/orders[^]*customers|customers[^]*orders/u)
    expect(await on.system.failures()).toEqual([])
  })

  it('tells somebody though it begins to fail a moment after the answer', async () => {
    await whole('ALARM')
    await answer()
    await on.system.advance(5_000)
    const before = (await on.pages()).length
    await series('ALARM', 'orders')
    await on.minutes(3)
    expect((await on.pages()).length).toBeGreaterThan(before)
  })

  it('tells nobody of a series that the answer covered, however often it comes and goes', async () => {
    await whole('ALARM')
    await series('ALARM', 'orders')
    await on.system.advance(20_000)
    await series('OK', 'orders')
    await answer()
    const before = (await on.pages()).length
    for (let times = 0; times < 5; times++) {
      await on.minutes(3)
      await series('ALARM', 'orders')
      await on.minutes(3)
      await series('OK', 'orders')
    }
    expect(await on.pages()).toHaveLength(before)
  })

  it('pages once for 20 series that begin to fail within a minute after the answer', async () => {
    await whole('ALARM')
    await answer()
    await on.minutes(10)
    const before = (await on.engagements((await on.incident()).arn)).length
    for (let at = 0; at < 20; at++) await series('ALARM', `table-${at}`)
    await on.minutes(3)
    const { arn } = await on.incident()
    expect((await on.engagements(arn)).length).toBe(before + 1)
    expect((await on.pages()).at(-1)?.body).toMatch(/and more began to fail/u)
  })
})
