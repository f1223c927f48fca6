// Somebody resolves an incident while its alarm still fires: it comes back by itself, unless they say that it shall not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateResponsePlanCommand,
  CreateTimelineEventCommand,
  DeleteResponsePlanCommand,
  UpdateIncidentRecordCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterEach, describe, expect, it } from 'vitest'
import { type Engine, Rehearsal } from './rehearsal.ts'

const ON_CALL = 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/on-call'

const rules = (more = ''): string => `
version: 1
defaults: {plan: default}
rules:
  - id: stuck
    match: {detail: {alarmName: [{prefix: stuck}]}}
    open: {title: "\${detail.alarmName}", impact: 2, links: [{title: Runbook, url: "https://wiki.example.com/stuck"}]}
    ${more}
`

describe.each(['sqlite', 'dynamodb'] as const)(
  'an alarm whose incident was resolved while it fires, on %s',
  (engine: Engine) => {
    let on: Rehearsal
    afterEach(() => on.close())
    const start = async (more?: string): Promise<string> => {
      on = await Rehearsal.start(engine, {}, rules(more))
      await on.alarm({ name: 'stuck', state: 'ALARM' })
      return (await on.incident()).arn
    }
    const resolved = async (): Promise<void> => {
      const arn = await start()
      await on.resolve(arn)
    }
    const open = async (): Promise<string[]> =>
      (await on.records()).flatMap(({ arn, status }) => (status === 'OPEN' && arn ? [arn] : []))

    it('opens again after 15 minutes, pages, and says so on both timelines', async () => {
      const first = await start()
      await on.resolve(first)
      expect((await on.told(first)).at(-1)).toMatch(
        /^The incident was resolved by .* while stuck still fires: it opens again at \S+ if it fires until then/u,
      )
      await on.minutes(14)
      expect(await open()).toEqual([])
      const before = (await on.pages()).length
      await on.minutes(2)
      const [second = ''] = await open()
      expect(await on.told(second)).toEqual([
        expect.stringContaining(`still fires 15 minutes after its incident was resolved (${first})`),
      ])
      expect(await on.record(second)).toMatchObject({ title: 'stuck', impact: 2 })
      expect((await on.relatedItems(second)).map(({ title }) => title)).toEqual(
        expect.arrayContaining(['Runbook', 'Alarm in the CloudWatch console']),
      )
      expect((await on.pages()).length).toBeGreaterThan(before)
    })

    it('waits twice as long each time that the same firing is resolved, up to four hours', async () => {
      let arn = await start()
      for (const minutes of engine === 'sqlite' ? [15, 30, 60, 120, 240, 240] : [15, 30]) {
        await on.resolve(arn)
        await on.minutes(minutes - 1)
        expect(await open()).toEqual([])
        await on.minutes(2)
        ;[arn = ''] = await open()
        expect(arn).not.toBe('')
      }
    })

    it('waits as long as the first time again once the alarm has recovered in between', async () => {
      const first = await start()
      await on.resolve(first)
      await on.minutes(16)
      const [second = ''] = await open()
      await on.alarm({ name: 'stuck', state: 'OK' })
      await on.minutes(2)
      await on.alarm({ name: 'stuck', state: 'ALARM' })
      await on.resolve(second)
      await on.minutes(16)
      expect(await open()).toHaveLength(1)
    })

    it.each(['OK', 'deleted'] as const)('stays resolved when the alarm is %s before that', async (end) => {
      await resolved()
      await on.minutes(5)
      await (end === 'OK' ? on.alarm({ name: 'stuck', state: 'OK' }) : on.deleteAlarm('stuck'))
      await on.minutes(40)
      expect(await open()).toEqual([])
    })

    it('does not take missing data for a recovery, nor its end for a new firing', async () => {
      await resolved()
      await on.alarm({ name: 'stuck', state: 'INSUFFICIENT_DATA' })
      await on.minutes(5)
      expect(await open()).toEqual([])
      await on.alarm({ name: 'stuck', state: 'ALARM', previous: 'INSUFFICIENT_DATA' })
      expect(await open()).toEqual([])
      await on.minutes(11)
      expect(await open()).toHaveLength(1)
    })

    it('opens at once for a firing after a recovery', async () => {
      await resolved()
      await on.alarm({ name: 'stuck', state: 'OK' })
      await on.minutes(1)
      await on.alarm({ name: 'stuck', state: 'ALARM' })
      expect(await open()).toHaveLength(1)
    })

    it.each([
      [
        'the summary',
        async (arn: string) => {
          await on.incidents.send(
            new UpdateIncidentRecordCommand({ arn, status: 'RESOLVED', summary: 'Known. Leave it until it recovers.' }),
          )
        },
      ],
      [
        'a note',
        async (arn: string) => {
          await on.incidents.send(
            new CreateTimelineEventCommand({
              incidentRecordArn: arn,
              eventType: 'Note',
              eventTime: on.system.now(),
              eventData: JSON.stringify('Closing this Until It Recovers'),
            }),
          )
          await on.resolve(arn)
        },
      ],
    ])('stays resolved until it recovers where %s says so, and opens for the firing after that', async (_, resolve) => {
      const arn = await start()
      await resolve(arn)
      await on.system.idle()
      await on.minutes(40)
      expect(await open()).toEqual([])
      expect((await on.told(arn)).at(-1)).toContain('does not open again before it has recovered')
      await on.alarm({ name: 'stuck', state: 'OK' })
      await on.minutes(1)
      await on.alarm({ name: 'stuck', state: 'ALARM' })
      expect(await open()).toHaveLength(1)
    })

    it('does as its rule says: after another time, or never', async () => {
      const slow = await start('refire: 30m')
      await on.resolve(slow)
      await on.minutes(29)
      expect(await open()).toEqual([])
      await on.minutes(2)
      expect(await open()).toHaveLength(1)
      await on.close()
      const never = await start('refire: never')
      await on.resolve(never)
      await on.minutes(40)
      expect(await open()).toEqual([])
    })

    it("leaves an event of one's own resolved: nothing says that it goes on", async () => {
      on = await Rehearsal.start(engine, {}, rules())
      await on.put('tocsin.orders', 'Order Backlog', { waiting: 1 })
      const { arn } = await on.incident()
      await on.resolve(arn)
      expect(await on.told(arn)).toContainEqual(expect.stringMatching(/^The incident was resolved by [^ ]+$/u))
      await on.minutes(40)
      expect(await open()).toEqual([])
    })

    it('does not open a second one where somebody has reopened the first', async () => {
      const arn = await start()
      await on.resolve(arn)
      await on.minutes(3)
      await on.incidents.send(new UpdateIncidentRecordCommand({ arn, status: 'OPEN' }))
      await on.minutes(30)
      expect(await open()).toEqual([arn])
    })
  },
)

it.each([
  ['resolved', async (on: Rehearsal) => on.resolve((await on.incident()).arn)],
  ['suppressed', async (on: Rehearsal) => on.minutes(1)],
])('an alarm that is ignored since it was %s stays so, whatever it was when it fired', async (how, then) => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
  const file = join(folder, 'rules.yml')
  writeFileSync(file, rules())
  const on = await Rehearsal.start('sqlite', { rules: file })
  try {
    await on.alarm({
      name: 'stuck',
      state: 'ALARM',
      ...(how === 'suppressed' ? { composite: true, suppressedBy: 'Alarm' } : {}),
    })
    await then(on)
    const ignore = 'ignore: [{id: known, reason: we know, match: {detail: {alarmName: [stuck]}}}]'
    writeFileSync(file, `${rules()}${ignore}\n`)
    if (how === 'suppressed') await on.setAlarm('stuck', 'ALARM')
    await on.minutes(20)
    const records = await on.records()
    expect(records.filter(({ status }) => status === 'OPEN')).toEqual([])
    for (const { arn } of records)
      expect((await on.told(arn ?? '')).at(-1)).toBe(
        'stuck still fires, and does not open again: the rules ignore it now',
      )
    expect(records).toHaveLength(how === 'resolved' ? 1 : 0)
  } finally {
    await on.close()
    rmSync(folder, { recursive: true })
  }
})

it('opens again by the plan as its rule names it then, though the one before is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
  const file = join(folder, 'rules.yml')
  const rulesBy = (plan: string): void => writeFileSync(file, `version: 1\ndefaults: {plan: ${plan}}\n`)
  rulesBy('first')
  const on = await Rehearsal.start('sqlite', { rules: file })
  try {
    for (const name of ['first', 'second'])
      await on.incidents.send(
        new CreateResponsePlanCommand({ name, incidentTemplate: { title: name, impact: 3 }, engagements: [ON_CALL] }),
      )
    await on.alarm({ name: 'stuck', state: 'ALARM' })
    await on.resolve((await on.incident()).arn)
    await on.incidents.send(
      new DeleteResponsePlanCommand({ arn: 'arn:aws:ssm-incidents::111122223333:response-plan/first' }),
    )
    await on.minutes(17)
    expect((await on.records()).filter(({ status }) => status === 'OPEN')).toEqual([])
    rulesBy('second')
    await on.minutes(2)
    expect((await on.records()).filter(({ status }) => status === 'OPEN')).toMatchObject([
      { arn: expect.stringContaining('incident-record/second/') },
    ])
  } finally {
    await on.close()
    rmSync(folder, { recursive: true })
  }
})
