// An alarm that comes and goes: whoever does not answer does not gain time by it, and nobody is engaged while all is OK.
import { afterEach, describe, expect, it } from 'vitest'
import { type Engine, Rehearsal } from './rehearsal.ts'

const RULES = `
version: 1
defaults:
  plan: default
  escalate: [{unacknowledgedFor: 15m, engage: [manager], impact: 1, repeat: 3}, {unacknowledgedFor: 40m, engage: [on-call]}]
rules:
  - id: forever
    match: {detail: {alarmName: [{prefix: forever-}]}}
    resolve: never
`

const aliasOf = (arn: string | undefined): string => arn?.split('/').at(-1) ?? ''

describe.each(['sqlite', 'dynamodb'] as const)('an alarm that comes and goes, on %s', (engine: Engine) => {
  let on: Rehearsal
  const start = async (rules = RULES): Promise<Rehearsal> => (on = await Rehearsal.start(engine, {}, rules))
  afterEach(() => on.close())

  const flap = async (name: string, firing: number, quiet: number, rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      await on.alarm({ name, state: 'ALARM' })
      await on.minutes(firing)
      await on.alarm({ name, state: 'OK' })
      const before = (await on.pages()).length
      await on.minutes(1)
      const stopped = (await on.pages()).length
      await on.minutes(quiet - 1)
      // What left just before the sweep saw the recovery may be told; after it nobody is.
      expect([before, stopped]).toContain((await on.pages()).length)
    }
  }
  const paged = async (): Promise<string[]> => [
    ...new Set((await on.pages()).map(({ contactArn }) => aliasOf(contactArn))),
  ]

  it.each([
    ['14 of every 15 minutes', 14, 1, 3],
    ['1 of every 4 minutes', 1, 3, 8],
    ['5 of every 12 minutes', 5, 7, 4],
  ])(
    'reaches the manager and a higher impact when it fires %s and nobody answers',
    async (_, firing, quiet, rounds) => {
      await start()
      await flap('flaps', firing, quiet, rounds)
      expect(await paged()).toEqual(expect.arrayContaining(['primary', 'manager']))
      const { arn, impact } = await on.incident()
      expect(impact).toBe(1)
      const told = await on.told(arn)
      const engaged = told.filter((text) => text.startsWith('Escalated to manager'))
      expect(engaged[0]).toMatch(/nobody has acknowledged for \d+ minutes, escalation 1 of 2 \(1 of 3\)$/u)
      expect(told.filter((text) => text.startsWith('Escalated to impact 1'))).toHaveLength(1)
    },
  )

  it('pages whoever a later stage or an escalation had reached by their own ARN when it fires again', async () => {
    await start()
    await on.alarm({ name: 'flaps', state: 'ALARM' })
    await on.minutes(17)
    expect(await paged()).toEqual(expect.arrayContaining(['primary', 'secondary', 'manager']))
    await on.alarm({ name: 'flaps', state: 'OK' })
    await on.minutes(3)
    const before = (await on.pages()).length
    await on.alarm({ name: 'flaps', state: 'ALARM' })
    await on.minutes(1)
    const anew = (await on.pages()).slice(before).map(({ contactArn }) => aliasOf(contactArn))
    expect(anew.toSorted()).toEqual(['manager', 'primary', 'secondary'])
  })

  it('does not page twice whom the plan pages at once', async () => {
    await start()
    await on.alarm({ name: 'flaps', state: 'ALARM' })
    await on.minutes(2)
    await on.alarm({ name: 'flaps', state: 'OK' })
    await on.minutes(2)
    const before = (await on.pages()).length
    await on.alarm({ name: 'flaps', state: 'ALARM' })
    await on.minutes(1)
    expect((await on.pages()).slice(before).map(({ contactArn }) => aliasOf(contactArn))).toEqual(['primary'])
  })

  it('does not escalate what a person has answered, however it flaps within the quiet time', async () => {
    await start()
    await on.alarm({ name: 'flaps', state: 'ALARM' })
    await on.accept((await on.pages())[0])
    await flap('flaps', 4, 4, 5)
    expect(await paged()).toEqual(['primary'])
  })

  it('counts from the beginning of a firing that comes after the quiet time, where the incident is never resolved', async () => {
    await start()
    await on.alarm({ name: 'forever-1', state: 'ALARM' })
    await on.minutes(10)
    await on.alarm({ name: 'forever-1', state: 'OK' })
    await on.minutes(20)
    await on.alarm({ name: 'forever-1', state: 'ALARM' })
    await on.minutes(13)
    expect(await paged()).not.toContain('manager')
    await on.minutes(3)
    expect(await paged()).toContain('manager')
    expect((await on.incident()).status).toBe('OPEN')
  })

  it('does not make up for what fell due in a long quiet by engaging again and again', async () => {
    await start(RULES.replace('plan: default', 'plan: default\n  resolve: {after: 2h}'))
    await on.alarm({ name: 'flaps', state: 'ALARM' })
    await on.minutes(5)
    await on.alarm({ name: 'flaps', state: 'OK' })
    await on.minutes(60)
    await on.alarm({ name: 'flaps', state: 'ALARM' })
    await on.minutes(5)
    const { arn } = await on.incident()
    expect((await on.told(arn)).filter((text) => text.startsWith('Escalated to manager'))).toHaveLength(1)
  })
})
