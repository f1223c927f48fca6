// Whoever looks after Tocsin can see how it does: one id from the event to the page, figures, and a heartbeat for the outside.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Measured } from '../../lib/aws/measures.ts'
import { Rehearsal } from './rehearsal.ts'

let on: Rehearsal
let figures: { readonly of: string; readonly what: Measured; readonly value: number }[]
let away: boolean

const start = async (environment: Record<string, string> = {}): Promise<void> => {
  figures = []
  on = await Rehearsal.start('sqlite', {
    environment,
    watch: {
      measure: (of, what, value) => figures.push({ of, what, value }),
      call: (_function, name, call) =>
        away && name.startsWith('GetIncidentRecord') ? Promise.reject(new Error('connect ECONNREFUSED')) : call(),
    },
  })
}
const sum = (what: Measured): number =>
  figures.filter((figure) => figure.what === what).reduce((total, { value }) => total + value, 0)

beforeEach(() => (away = false))
afterEach(() => on.close())

describe('the log', () => {
  it('has one correlation id from the decision about an event to the page that leaves, the id of the incident', async () => {
    await start()
    await on.alarm({ name: 'pay-db', state: 'ALARM' }, { name: 'other', state: 'ALARM' })
    await on.minutes(6)
    const records = await on.records()
    const record = records.find(({ title }) => title?.startsWith('pay-db'))
    const id = record?.arn?.split('/').at(-1)
    const lines = on.logs().filter(({ correlation_id }) => correlation_id === id)
    expect([...new Set(lines.map(({ service, message }) => `${service}: ${message}`))]).toEqual([
      'incident-manager: A page left',
      'incident-manager: An incident was opened',
      'open-incident: Decided',
      'run-engagements: A page left',
    ])
    expect(lines.find(({ message }) => message === 'Decided')).toMatchObject({
      episode: 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:pay-db',
    })
  })
})

describe('the figures', () => {
  it('count what was opened, deduplicated, paged and resolved, and how long people took', async () => {
    await start()
    await on.alarm({ name: 'pay-db', state: 'ALARM' })
    await on.alarm({ name: 'pay-db', state: 'ALARM' })
    await on.minutes(3)
    const [page] = await on.pages()
    await on.accept(page)
    await on.minutes(1)
    await on.alarm({ name: 'pay-db', state: 'OK' })
    await on.minutes(11)
    expect((await on.incident()).status).toBe('RESOLVED')
    expect([sum('Opened'), sum('Deduplicated'), sum('Resolved'), sum('Failures')]).toEqual([1, 1, 1, 0])
    expect(sum('Pages')).toBe((await on.pages()).length)
    expect(figures.filter(({ what }) => what === 'TimeToAcknowledge')).toEqual([
      { of: 'enrich-timeline', what: 'TimeToAcknowledge', value: 180 },
    ])
    expect(figures.filter(({ what }) => what === 'TimeToResolve')).toEqual([
      { of: 'sweep', what: 'TimeToResolve', value: 840 },
    ])
    expect([sum('SweepHeartbeat'), sum('SweepLateness')]).toEqual([15, 0])
  })

  it("do not take a machine's acknowledgement for a person's", async () => {
    await start()
    await on.alarm({ name: 'pay-db', state: 'ALARM' })
    await on.minutes(30)
    expect(figures.filter(({ what }) => what === 'TimeToAcknowledge')).toEqual([])
  })

  it('say how long the oldest thing has been due, and count what fails', async () => {
    await start()
    await on.alarm({ name: 'pay-db', state: 'ALARM' })
    away = true
    await on.minutes(9)
    const oldest = figures.filter(({ of, what }) => of === 'sweep' && what === 'OldestDueSeconds')
    expect(oldest.map(({ value }) => value)).toEqual([59, 119, 179, 239, 299, 359, 419, 479, 539])
    expect(sum('Failures')).toBe(9)
  })
})

describe('the heartbeat', () => {
  it('is told to TOCSIN_HEARTBEAT_URL after each healthy sweep, and after no other; its own failure is none', async () => {
    let beats = 0
    const outside = createServer((_request, response) => {
      beats++
      response.writeHead(beats === 2 ? 500 : 200).end()
    }).listen(0, '127.0.0.1')
    await once(outside, 'listening')
    const address = outside.address()
    const port = typeof address === 'object' ? address?.port : 0
    await start({ TOCSIN_HEARTBEAT_URL: `http://127.0.0.1:${port}/secret-token` })
    await on.minutes(3)
    expect(beats).toBe(3)
    await on.alarm({ name: 'pay-db', state: 'ALARM' })
    await on.minutes(4)
    away = true
    await on.minutes(2)
    expect(beats).toBe(7)
    outside.close()
    away = false
    await on.minutes(1)
    expect(sum('SweepHeartbeat')).toBe(10)
    expect(JSON.stringify(on.logs())).not.toContain('secret-token')
  })
})
