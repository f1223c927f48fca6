// What was decided by rules, plans or an order that were wrong is decided again when they are right; what rules say apart stays apart.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeleteResponsePlanCommand } from '@aws-sdk/client-ssm-incidents'
import { afterEach, describe, expect, it } from 'vitest'
import { type AlarmEvent, Rehearsal, START } from './rehearsal.ts'

let on: Rehearsal
let folder: string
let losing = false
let breaks: ((name: string, call: () => Promise<unknown>) => Promise<void>) | undefined

const rulesBy = (rules: string): string =>
  `version: 1\ndefaults: {title: '\${detail.alarmName}', resolve: {after: 10m, mode: unless-human}}\n${rules}\n`
const edit = (rules: string): void => writeFileSync(join(folder, 'rules.yml'), rulesBy(rules))

async function start(engine: 'sqlite' | 'dynamodb', rules: string): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-changes-'))
  edit(rules)
  losing = false
  breaks = undefined
  on = await Rehearsal.start(engine, {
    rules: join(folder, 'rules.yml'),
    watch: {
      invocation: (name, _event, run) =>
        losing && name === 'open-incident' ? Promise.resolve({ batchItemFailures: [] }) : run(),
      call: async (_function, name, call) => {
        await breaks?.(name, call)
        return call()
      },
    },
  })
}

afterEach(async () => {
  await on.close()
  rmSync(folder, { recursive: true })
})

async function lost(...changes: readonly AlarmEvent[]): Promise<void> {
  losing = true
  await on.alarm(...changes)
  losing = false
}

const shopBy = (plan: string): string =>
  `rules: [{id: shop, match: {detail: {alarmName: [{prefix: shop-}]}}, open: {plan: ${plan}}}]`
const states = async (): Promise<string[]> =>
  (await on.records()).map(({ title, impact, status }) => `${title} ${impact} ${status}`)
const pagesOfManyMinutes = { timeout: 240_000 }

describe.each(['sqlite', 'dynamodb'] as const)('on %s', pagesOfManyMinutes, (engine) => {
  it('opens by the corrected plan what was refused by a mistyped one, and said which plan in which rule it was', async () => {
    await start(engine, shopBy('typo'))
    await on.alarm({ name: 'shop-db', state: 'ALARM' })
    await on.minutes(2)
    const [told] = await on.lastResorts()
    expect(told?.body).toContain(
      'What to do: There is no response plan typo: create it, or correct its name where it is given',
    )
    expect(told?.body).toContain('open.plan of the rule shop in rules.yml')
    edit(shopBy('default'))
    await on.minutes(1)
    expect(await states()).toEqual(['shop-db 3 OPEN'])
    const { arn } = await on.incident()
    expect(await on.told(arn)).toContainEqual(expect.stringContaining('Opened late'))
  })

  it('forgets with its recovery what never opened: no last resort any more, and the next firing is by the rules of then', async () => {
    await start(engine, shopBy('typo'))
    await on.alarm({ name: 'shop-db', state: 'ALARM' })
    await on.minutes(2)
    await on.alarm({ name: 'shop-db', state: 'OK' })
    await on.minutes(30)
    expect(await on.lastResorts()).toHaveLength(1)
    edit(shopBy('default'))
    await on.minutes(10)
    expect(await on.records()).toEqual([])
    await on.alarm({ name: 'shop-db', state: 'ALARM' })
    expect(await states()).toEqual(['shop-db 3 OPEN'])
  })

  it('finds and resolves what was started though the answer was lost, its plan is gone and its alarm has recovered', async () => {
    await start(engine, shopBy('default'))
    breaks = async (name, call) => {
      if (!name.startsWith('StartIncident')) return
      await call()
      throw new Error('the answer is lost')
    }
    await on.alarm({ name: 'shop-db', state: 'ALARM' })
    breaks = undefined
    await on.incidents.send(
      new DeleteResponsePlanCommand({ arn: 'arn:aws:ssm-incidents::111122223333:response-plan/default' }),
    )
    await on.alarm({ name: 'shop-db', state: 'OK', at: new Date(START.getTime() + 1000) })
    await on.minutes(13)
    expect(await states()).toEqual(['shop-db 3 RESOLVED'])
  })

  const EVENTS = `rules:
  - {id: failover, match: {detail: {kind: [failover]}}, open: {impact: 3}}
  - {id: full, match: {detail: {kind: [full]}}, open: {impact: 1}}
  - {id: slow, match: {detail: {kind: [slow]}}, open: {impact: 3, dedupe: '\${resources.0}'}}
  - {id: down, match: {detail: {kind: [down]}}, open: {impact: 1, dedupe: '\${resources.0}'}}`
  const event = (kind: string): Promise<void> =>
    on.put('tocsin.db', 'DB Event', { kind, alarmName: kind }, ['arn:aws:rds:us-east-1:111122223333:db:d'])

  it("pages for another rule's event on the same resource, by an incident of its own", async () => {
    await start(engine, EVENTS)
    await event('failover')
    await on.accept((await on.pages())[0])
    await on.minutes(1)
    await event('full')
    await event('failover')
    expect(await states()).toEqual(['failover 3 OPEN', 'full 1 OPEN'])
    expect(await on.pages()).toHaveLength(2)
  })

  it('raises the impact and pages anew, who has answered too, when a rule of higher impact joins', async () => {
    await start(engine, EVENTS)
    await event('slow')
    await on.accept((await on.pages())[0])
    await on.minutes(2)
    expect(await on.pages()).toHaveLength(1)
    await event('down')
    await on.minutes(1)
    expect(await states()).toEqual(['slow 1 OPEN'])
    const [, again] = await on.pages()
    expect(again?.contactArn).toContain('contact/primary')
    const { arn } = await on.incident()
    expect(await on.told(arn)).toContainEqual('Paging anew: rule down joins with impact 1, it was 3')
    await event('slow')
    await on.accept(again)
    await on.minutes(2)
    expect((await on.pages()).filter(({ contactArn }) => contactArn?.includes('primary'))).toHaveLength(
      (await on.pages()).length,
    )
  })

  const ignoring = 'ignore: [{id: off, reason: noisy, match: {detail: {alarmName: [{prefix: shop-}]}}}]'

  it('opens at once what fires and is no longer ignored, and leaves closed what a person has resolved', async () => {
    await start(engine, ignoring)
    await on.alarm({ name: 'shop-db', state: 'ALARM' }, { name: 'closed', state: 'ALARM' })
    await on.resolve((await on.incident()).arn)
    await on.minutes(10)
    expect(await states()).toEqual(['closed 3 RESOLVED'])
    edit('')
    await on.minutes(1)
    expect(await states()).toEqual(['closed 3 RESOLVED', 'shop-db 3 OPEN'])
  })

  it('makes one incident of all that fired before its first start, and of what recovers and fires again its own', async () => {
    await start(engine, ignoring)
    const at = new Date(START.getTime() - 86_400_000)
    const fired = ['one', 'two', 'three'].map((name) => ({ name, state: 'ALARM' as const, at }))
    await lost(...fired, { name: 'shop-db', state: 'ALARM', at })
    await on.minutes(2)
    expect(await states()).toEqual(['3 alarms were firing when Tocsin started 3 OPEN'])
    const { arn } = await on.incident()
    expect((await on.told(arn)).join()).toMatch(/one \(since .*three \(since .*two \(since /u)
    await on.alarm({ name: 'two', state: 'OK' })
    await on.minutes(1)
    await on.alarm({ name: 'two', state: 'ALARM' })
    expect(await states()).toContain('two 3 OPEN')
    await on.alarm({ name: 'one', state: 'OK' }, { name: 'three', state: 'OK' })
    await on.minutes(13)
    expect((await states()).toSorted()).toEqual(['3 alarms were firing when Tocsin started 3 RESOLVED', 'two 3 OPEN'])
  })

  it('ends as in its order what arrives as an OK before its ALARM', async () => {
    await start(engine, '')
    await on.minutes(1)
    const at = (seconds: number): Date => new Date(START.getTime() + seconds * 1000)
    await on.alarm({ name: 'shop-db', state: 'OK', at: at(40) })
    expect(await on.records()).toEqual([])
    await on.alarm({ name: 'shop-db', state: 'ALARM', at: at(10) })
    expect(await states()).toEqual(['shop-db 3 OPEN'])
    const { arn } = await on.incident()
    expect((await on.told(arn)).map((text) => text.slice(0, 18))).toEqual(['Alarm shop-db went', 'Alarm shop-db went'])
    await on.minutes(12)
    expect(await states()).toEqual(['shop-db 3 RESOLVED'])
    // Long over: nobody is paged for it.
    await on.alarm({ name: 'old', state: 'OK', at: at(40) })
    await on.alarm({ name: 'old', state: 'ALARM', at: at(10) })
    await on.minutes(2)
    expect(await on.records()).toHaveLength(1)
  })
})
