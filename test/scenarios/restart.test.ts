// After a restart on one machine, what a kill left is taken up at once: nobody waits for a lease that nobody holds, nor for the next minute.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { Rehearsal } from './rehearsal.ts'

let on: Rehearsal
const data = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
afterEach(async () => {
  await on.close()
  rmSync(data, { recursive: true, force: true })
})

const start = (broken: readonly string[]): Promise<Rehearsal> =>
  Rehearsal.start('sqlite', {
    data,
    report: () => {},
    watch: {
      call: (_function, name, call) =>
        broken.includes(name.replace(/Command$/u, '')) ? Promise.reject(new Error('killed')) : call(),
    },
  })

it('opens what was claimed, and finishes what was begun, with no time going by', async () => {
  on = await start(['StartIncident', 'CreateTimelineEvent'])
  await on.alarm({ name: 'pay-db', state: 'ALARM' })
  expect(await on.records()).toEqual([])
  const before = on.system.now()
  await on.close()
  on = await start([])
  await on.system.idle()
  expect(on.system.now()).toEqual(before)
  const { arn, title } = await on.incident()
  expect(title).toMatch(/^pay-db/u)
  expect(await on.told(arn)).not.toEqual([])
  expect(await on.pages()).toHaveLength(1)
}, 60_000)
