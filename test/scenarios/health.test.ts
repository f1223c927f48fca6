// Each part of the health looks at the real thing: broken, it answers 503 and shows at the terminal within 90 seconds; and it recovers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ListContactChannelsCommand, DeactivateContactChannelCommand } from '@aws-sdk/client-ssm-contacts'
import {
  CreateResponsePlanCommand,
  DeleteResponsePlanCommand,
  StartIncidentCommand,
  UpdateResponsePlanCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterEach, describe, expect, it } from 'vitest'
import { recordTrouble } from '../../lib/automation/state/troubles.ts'
import type { Table } from '../../lib/aws/table/table.ts'
import { type Database, openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import type { Health, Part } from '../../lib/local/health.ts'
import { type Engine, Rehearsal } from './rehearsal.ts'

const PLAN = 'arn:aws:ssm-incidents::111122223333:response-plan/default'
const CONTACT = 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/'
const RULES = "version: 1\ndefaults: {title: '${detail.alarmName}', resolve: {after: 10m, mode: unless-human}}\n"

let on: Rehearsal
let folder: string
let alerts: string[]
let database: Database | undefined
let episodes: Table | undefined
/** What fails: `<function>` or `<function> <operation>`. */
let broken: Set<string>
afterEach(async () => {
  await on.close()
  rmSync(folder, { recursive: true, force: true })
})

const rules = (): string => join(folder, 'rules.yml')

async function start(engine: Engine = 'sqlite', data = ':memory:'): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
  alerts = []
  broken = new Set()
  writeFileSync(rules(), RULES)
  on = await Rehearsal.start(engine, {
    rules: rules(),
    data: data === ':memory:' ? data : join(folder, data),
    openDatabase: (path) => (database = openDatabase(path)),
    alert: (text) => alerts.push(text),
    report: () => {},
    watch: {
      table: (name, table) => {
        if (name === 'Episodes') episodes = table
        return table
      },
      invocation: (name, _event, run) => (broken.has(name) ? Promise.reject(new Error('away')) : run()),
      call: (name, command, call) =>
        broken.has(`${name} ${command.replace(/Command$/u, '')}`) ? Promise.reject(new Error('away')) : call(),
    },
  })
  expect(await health()).toMatchObject({ code: 200, status: 'ok' })
}

async function health(): Promise<Health & { readonly code: number }> {
  const response = await fetch(`${on.system.url}/_tocsin/health`)
  const body: unknown = await response.json()
  if (!isHealth(body)) throw new Error('no health')
  return { ...body, code: response.status }
}
const isHealth = (body: unknown): body is Health => typeof body === 'object' && body !== null && 'parts' in body

/** The part, and no other, is failing and says so at the terminal. */
async function expectBroken(part: Part, detail: RegExp): Promise<void> {
  const { code, status, parts } = await health()
  expect([code, status]).toEqual([503, 'failing'])
  expect(parts[part]).toEqual({ status: 'failing', detail: expect.stringMatching(detail) })
  expect(alerts.join('\n')).toMatch(new RegExp(`^!! NOT WELL: ${part}\n!! .+`, 'mu'))
}

async function expectWell(part: Part): Promise<void> {
  expect(await health()).toMatchObject({ code: 200, status: 'ok' })
  expect(alerts.at(-1)).toBe(`!! WELL AGAIN: ${part}`)
}

const seconds = (count: number): Promise<Date> => on.system.advance(count * 1000)
const wait90Seconds = (): Promise<Date> => seconds(90)

describe('health', () => {
  it('fails when sweeps do not come to their end, until one does', async () => {
    await start()
    await on.minutes(2)
    broken.add('sweep')
    await wait90Seconds()
    await expectBroken('sweep', /^No sweep has come to its end since .* \(Error: away\)/u)
    broken.clear()
    await wait90Seconds()
    await expectWell('sweep')
  })

  it('fails when commands stay undone, of the automation or of the incident manager', async () => {
    await start()
    for (const name of ['open-incident', 'sweep', 'enrich-timeline']) broken.add(`${name} CreateTimelineEvent`)
    await on.alarm({ name: 'checkout', state: 'ALARM' })
    await wait90Seconds()
    await expectBroken('pending', /commands for arn:aws:cloudwatch:us-east-1:111122223333:alarm:checkout/u)
    broken.clear()
    await on.minutes(15)
    await expectWell('pending')
  })

  it('fails while the rules file is broken, though nothing happens, and says by which line', async () => {
    await start()
    writeFileSync(rules(), `${RULES}rules: [{id: 5}]\n`)
    await wait90Seconds()
    await expectBroken('rules', /rules\.yml:3/u)
    writeFileSync(rules(), RULES)
    await wait90Seconds()
    await expectWell('rules')
  })

  it('fails while anything waits in the dead-letter queues', async () => {
    await start()
    broken.add('open-incident')
    await on.put('tocsin.orders', 'Order Backlog', { waiting: 1 })
    await on.minutes(14)
    await expectBroken(
      'deadLetters',
      /^1 waiting, .* open-incident could not process \(Error: away\).*npm run redrive/u,
    )
    broken.clear()
    await fetch(`${on.system.url}/_tocsin/failures/redrive`, { method: 'POST' })
    await on.system.idle()
    await wait90Seconds()
    await expectWell('deadLetters')
  })

  it.each<Engine>(['sqlite', 'dynamodb'])('fails while an alarm fires and cannot be opened, on %s', async (engine) => {
    await start(engine)
    await on.incidents.send(new DeleteResponsePlanCommand({ arn: PLAN }))
    await on.alarm({ name: 'checkout', state: 'ALARM' })
    await wait90Seconds()
    await expectBroken('unopened', /nobody is paged, for checkout: default: ResourceNotFoundException/u)
    expect(
      alerts.some((text) => text.startsWith('!! LAST RESORT: NOBODY IS PAGED for checkout\n!! checkout fires')),
    ).toBe(true)
    const incidentTemplate = { title: 'Something is wrong', impact: 3 }
    const engagements = [`${CONTACT}on-call`]
    await on.incidents.send(new CreateResponsePlanCommand({ name: 'default', incidentTemplate, engagements }))
    await wait90Seconds()
    await expectWell('unopened')
  })

  it('fails while a plan engages somebody without an activated channel', async () => {
    await start()
    const { ContactChannels = [] } = await on.contacts.send(
      new ListContactChannelsCommand({ ContactId: `${CONTACT}manager` }),
    )
    await on.incidents.send(new UpdateResponsePlanCommand({ arn: PLAN, engagements: [`${CONTACT}manager`] }))
    for (const { ContactChannelArn } of ContactChannels)
      await on.contacts.send(new DeactivateContactChannelCommand({ ContactChannelId: ContactChannelArn }))
    await wait90Seconds()
    await expectBroken('channels', /^Cannot be paged, .*contact\/manager \(engaged by default\)/u)
    await on.incidents.send(new UpdateResponsePlanCommand({ arn: PLAN, engagements: [`${CONTACT}on-call`] }))
    await wait90Seconds()
    await expectWell('channels')
  })

  it('fails while the disk is full, and is well with the first write that goes through', async () => {
    await start()
    const limit = (pages: number) => database?.read((db) => db.prepare(`PRAGMA max_page_count = ${pages}`).get())
    limit(1)
    const summary = 'x'.repeat(7000)
    const started = Array.from({ length: 20 }, () =>
      on.incidents.send(new StartIncidentCommand({ responsePlanArn: PLAN, title: summary.slice(0, 100) })),
    )
    const [refused] = (await Promise.allSettled(started)).filter(({ status }) => status === 'rejected')
    if (refused) {
      await expectBroken('disk', /is full: nothing is accepted until there is room/u)
      limit(1_000_000)
      await wait90Seconds()
      await expectWell('disk')
    }
    expect(refused).toMatchObject({ reason: { $metadata: { httpStatusCode: 503 } } })
  })

  it('fails when the data folder is removed: nothing is accepted any more that would be lost', async () => {
    await start('sqlite', 'data')
    broken.add('sweep')
    await on.minutes(4)
    await expectBroken('sweep', /in the log, and start Tocsin again\.$/u)
    rmSync(join(folder, 'data'), { recursive: true })
    await expect(on.alarm({ name: 'checkout', state: 'ALARM' })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 503 },
    })
    await expect(on.incidents.send(new StartIncidentCommand({ responsePlanArn: PLAN }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 503 },
    })
    await expectBroken('disk', /tocsin\.db has been removed from under Tocsin: nothing is accepted\. .*npm run backup/u)
    await expectBroken('sweep', /Do first what is said of the disk\.$/u)
  })

  it('shows what stands in the way of paging under the part that its id begins with, else as pending', async () => {
    await start()
    const trouble = { subject: 'THE TEXTS DO NOT LEAVE', message: 'Raise the quota.', standsForSeconds: 600 }
    const stand = async (id: string) => episodes && recordTrouble(episodes, { id, ...trouble }, on.system.now())
    await stand('channels/sms')
    await stand('something')
    await wait90Seconds()
    await expectBroken('channels', /^THE TEXTS DO NOT LEAVE: Raise the quota\.$/u)
    await expectBroken('pending', /^THE TEXTS DO NOT LEAVE: Raise the quota\.$/u)
    await on.minutes(12)
    expect(await health()).toMatchObject({ status: 'ok' })
  })
})
