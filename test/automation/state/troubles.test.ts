// What keeps somebody from being woken stands until it has passed, whoever records it, and is told once an hour.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Table } from '../../../lib/aws/table/table.ts'
import { readSweep } from '../../../lib/automation/state/heartbeat.ts'
import {
  clearTrouble,
  isOver,
  isToTell,
  recordTold,
  recordTrouble,
  troublesIn,
} from '../../../lib/automation/state/troubles.ts'
import { type Engine, ENGINES } from '../../aws/engines.ts'

const START = new Date('2026-03-01T03:00:00.000Z')
const after = (seconds: number): Date => new Date(START.getTime() + seconds * 1000)
const trouble = (id: string) => ({ id, subject: `${id} IS WRONG`, message: 'Mend it.', standsForSeconds: 600 })

describe.each(['sqlite', 'dynamodb'] as const)('troubles on %s', (name) => {
  let engine: Engine
  let table: Table
  beforeAll(async () => {
    engine = await ENGINES[name]()
    table = engine.table
  })
  afterAll(() => engine.close())
  const standing = async (id: string) => {
    const found = troublesIn((await readSweep(table)).items).find((each) => each.id === id)
    if (!found) throw new Error(`${id} does not stand`)
    return found
  }

  it('is told after a minute, and again after an hour, not each time that it is recorded', async () => {
    await recordTrouble(table, trouble('told'), START)
    expect(isToTell(await standing('told'), after(59))).toBe(false)
    expect(isToTell(await standing('told'), after(60))).toBe(true)
    await recordTold(table, await standing('told'), after(60))
    await recordTrouble(table, trouble('told'), after(120))
    expect(await standing('told')).toMatchObject({ since: START, recordedAt: after(120), toldAt: after(60) })
    expect(isToTell(await standing('told'), after(130))).toBe(false)
    await recordTrouble(table, trouble('told'), after(3600))
    expect(isToTell(await standing('told'), after(3660))).toBe(true)
  })

  it('is over when nobody has recorded it for as long as it stands, and begins anew after that', async () => {
    await recordTrouble(table, trouble('passing'), START)
    expect(isOver(await standing('passing'), after(600))).toBe(false)
    expect(isOver(await standing('passing'), after(601))).toBe(true)
    await recordTrouble(table, trouble('passing'), after(700))
    expect(await standing('passing')).toMatchObject({ since: after(700) })
  })

  it('is forgotten once somebody says that it has passed', async () => {
    await recordTrouble(table, trouble('cleared'), START)
    await clearTrouble(table, 'cleared')
    await expect(standing('cleared')).rejects.toThrow('does not stand')
  })

  it('stands once, however many record it at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => recordTrouble(table, trouble('crowd'), START)))
    expect(await standing('crowd')).toMatchObject({ since: START })
  })
})
