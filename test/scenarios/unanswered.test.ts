// Pages leave and nobody answers: the last resort is told, one message for all of it, every hour until somebody does.
import { afterEach, describe, expect, it } from 'vitest'
import { type Engine, Rehearsal } from './rehearsal.ts'

const RULES = `
version: 1
defaults: {plan: default, impact: 3, escalate: [{unacknowledgedFor: 15m, engage: [on-call], repeat: 95}]}
rules:
  - {id: low, match: {detail: {alarmName: [{prefix: low-}]}}, open: {impact: 4}}
  - {id: quick, match: {detail: {alarmName: [{prefix: quick-}]}}, unanswered: {after: 5m, impact: 4}, open: {impact: 4}}
  - {id: never, match: {detail: {alarmName: [{prefix: never-}]}}, unanswered: never}
`

describe.each(['sqlite', 'dynamodb'] as const)('what nobody answers, on %s', (engine: Engine) => {
  let on: Rehearsal
  const start = async (): Promise<Rehearsal> => (on = await Rehearsal.start(engine, {}, RULES))
  afterEach(() => on.close())

  it('is told to the last resort after 30 minutes, though pages have left, and every hour until somebody answers', async () => {
    await start()
    await on.alarm({ name: 'one', state: 'ALARM' }, { name: 'two', state: 'ALARM' })
    await on.minutes(29)
    expect((await on.pages()).length).toBeGreaterThan(2)
    expect(await on.lastResorts()).toEqual([])
    await on.minutes(2)
    const [first, ...more] = await on.lastResorts()
    expect(more).toEqual([])
    expect(first?.subject).toBe('NOBODY HAS ANSWERED 2 INCIDENTS')
    for (const { title = '', arn = '' } of await on.records()) {
      expect(first?.body).toContain(`(${title}, impact 3, rule default), for 30 minutes: ${arn}`)
      expect(await on.told(arn)).toContainEqual('Nobody has answered for 30 minutes: the last resort was told')
    }
    await on.minutes(57)
    expect(await on.lastResorts()).toHaveLength(1)
    await on.minutes(4)
    expect(await on.lastResorts()).toHaveLength(2)
    const [one, two] = await on.records()
    for (const { arn = '' } of [one ?? {}, two ?? {}]) {
      const unread = (await on.pagesOf(arn)).at(-1)
      await on.accept((await on.pages()).find(({ pageArn }) => pageArn === unread?.PageArn))
    }
    await on.minutes(70)
    expect(await on.lastResorts()).toHaveLength(2)
  })

  it('is not told while all has recovered, nor below the impact that counts, nor where a rule says never', async () => {
    await start()
    await on.alarm(
      { name: 'gone', state: 'ALARM' },
      { name: 'low-disk', state: 'ALARM' },
      { name: 'never-1', state: 'ALARM' },
    )
    await on.minutes(25)
    await on.alarm({ name: 'gone', state: 'OK' })
    await on.minutes(40)
    expect(await on.lastResorts()).toEqual([])
  })

  it('is told as a rule says, and of an alarm that comes and goes', async () => {
    await start()
    await on.alarm({ name: 'quick-1', state: 'ALARM' })
    for (let round = 0; round < 8; round++) {
      await on.alarm({ name: 'flaps', state: 'ALARM' })
      await on.minutes(3)
      await on.alarm({ name: 'flaps', state: 'OK' })
      await on.minutes(2)
    }
    expect((await on.lastResorts()).map(({ subject }) => subject)).toEqual([
      'NOBODY HAS ANSWERED for quick-1',
      'NOBODY HAS ANSWERED for flaps',
    ])
  })
})
