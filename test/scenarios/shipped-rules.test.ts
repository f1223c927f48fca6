// The rules.yml that the project ships, as it treats what somebody tries first.
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isObject, parseJson } from '../../lib/local/json.ts'
import { compileRulesFile } from '../../lib/local/rules-file.ts'
import { Rehearsal, START } from './rehearsal.ts'

const DAY_SECONDS = 86_400
const QUARTER_MS = 900_000

let on: Rehearsal
beforeEach(async () => {
  on = await Rehearsal.start('sqlite', { rules: 'rules.yml' })
})
afterEach(() => on.close())

test('an alarm that no rule knows is paged for until somebody answers, not only through its plan', async () => {
  await on.alarm({ name: 'unheard-of', state: 'ALARM' })
  const { arn } = await on.incident()
  await on.minutes(180)
  const pages = await on.pages()
  // The plan's own stages end after ten minutes; each quarter of an hour begins them anew.
  const quarters = new Set(pages.map(({ at }) => Math.floor((at.getTime() - START.getTime()) / QUARTER_MS)))
  expect([...quarters]).toEqual(Array.from({ length: 13 }, (_, quarter) => quarter))
  await on.accept(pages.at(-1))
  await on.minutes(60)
  expect(await on.pages()).toHaveLength(pages.length)
  expect((await on.told(arn)).at(-1)).toMatch(/^Escalated to on-call: .*\(12 of 95\)$/)
})

test('what the project has to send warns of nothing that the rules lack', async () => {
  for (const file of ['health/issue', 'custom/order-backlog']) {
    const sent = parseJson(readFileSync(`events/${file}.json`, 'utf8'), file)
    const [source, type] = [sent.get('source').string(), sent.get('detail-type').string()]
    await on.put(
      source,
      type,
      sent.get('detail').members(),
      sent
        .get('resources')
        .list()
        .map((arn) => arn.string()),
    )
  }
  expect(await on.records()).toHaveLength(2)
  expect(on.logs().filter(({ level }) => level !== 'INFO')).toEqual([])
})

test('every rule pages at least every day, for 100 days', () => {
  const { rules, otherwise } = compileRulesFile('rules.yml')
  for (const { id, escalate } of [otherwise, ...rules]) {
    const times = escalate
      .flatMap(({ engage, unacknowledgedForSeconds: seconds, repeat }) =>
        engage.length ? Array.from({ length: repeat }, (_, done) => seconds * (done + 1)) : [],
      )
      .toSorted((one, other) => one - other)
    const gaps = times.map((time, index) => time - (times[index - 1] ?? 0))
    expect(Math.max(...gaps), id).toBeLessThanOrEqual(DAY_SECONDS)
    expect(times.at(-1), id).toBe(100 * DAY_SECONDS)
  }
})

test('an event of your own is titled by what it has, and links to the runbook that it names', async () => {
  const event = parseJson(readFileSync('events/custom/order-backlog.json', 'utf8'), 'order-backlog.json')
  const detail = event.get('detail').value
  if (!isObject(detail)) throw new Error('order-backlog.json has no detail')
  const resources = event.get('resources').list()
  await on.put(
    'tocsin.orders',
    event.get('detail-type').string(),
    detail,
    resources.map((name) => name.string()),
  )
  const { arn, title, impact } = await on.incident()
  expect([title, impact]).toEqual(['Order backlog growing: 18250 waiting in orders', 2])
  const items = await on.relatedItems(arn)
  expect(items.flatMap(({ identifier }) => identifier?.value?.url ?? [])).toContain(
    'https://wiki.example.com/orders/backlog',
  )
})
