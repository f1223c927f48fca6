// Issued keys at rest, and as several processes know them: revoked in one, refused in all within a minute.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { automationKey } from '../../../lib/aws/secrets.ts'
import type { Table } from '../../../lib/aws/table/table.ts'
import { keyRing } from '../../../lib/incident-manager/protocol/key-ring.ts'
import {
  createAccessKey,
  findAccessKey,
  listAccessKeys,
  revokeAccessKey,
} from '../../../lib/incident-manager/store/access-keys.ts'
import { accessKeyKey } from '../../../lib/incident-manager/store/keys.ts'
import { INDEXES } from '../../../lib/aws/table/indexes.ts'
import { openDatabase } from '../../../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../../../lib/aws/table/sqlite.ts'
import { dynaliteEngine, type DynaliteEngine } from '../../dynalite.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const secret = async (): Promise<Uint8Array> => new Uint8Array(32).fill(7)

let dynalite: DynaliteEngine
let tables = 0
beforeAll(async () => {
  dynalite = await dynaliteEngine()
})
afterAll(() => dynalite.close())

const onSqlite = (): Table => sqliteTable(openDatabase(':memory:'), 'Incidents', INDEXES)
const onDynamoDB = (): Table => dynalite.table(`Incidents${tables++}`, INDEXES)

describe.each([
  ['SQLite', onSqlite],
  ['DynamoDB', onDynamoDB],
])('on %s', (_, open) => {
  test('a key is found with its secret, listed without, and gone when it is revoked', async () => {
    const store = { table: open(), secret }
    const ann = await createAccessKey(store, { name: 'ann', role: 'reader', now: NOW })
    expect(ann.accessKeyId).toMatch(/^TOCS[A-Z2-7]{16}$/)
    expect(ann.secretAccessKey).toMatch(/^[\w-]{40}$/)
    expect(await findAccessKey(store, ann.accessKeyId)).toEqual(ann)
    const { secretAccessKey, ...listed } = ann
    expect(await listAccessKeys(store)).toEqual([listed])
    expect(JSON.stringify(await store.table.get(accessKeyKey(ann.accessKeyId)))).not.toContain(secretAccessKey)
    expect(await revokeAccessKey(store, ann.accessKeyId)).toBe(true)
    expect(await revokeAccessKey(store, ann.accessKeyId)).toBe(false)
    expect(await findAccessKey(store, ann.accessKeyId)).toBeUndefined()
  })

  test('a secret cannot be opened with another installation’s secret, nor under another id', async () => {
    const table = open()
    const ann = await createAccessKey({ table, secret }, { name: 'ann', role: 'reader', now: NOW })
    const bob = await createAccessKey({ table, secret }, { name: 'bob', role: 'admin', now: NOW })
    const other = async (): Promise<Uint8Array> => new Uint8Array(32).fill(8)
    expect(await findAccessKey({ table, secret: other }, ann.accessKeyId)).toBeUndefined()
    const sealed = (await table.get(accessKeyKey(ann.accessKeyId)))?.['sealed']
    await table.update(accessKeyKey(bob.accessKeyId), { set: { sealed } })
    expect(await findAccessKey({ table, secret }, bob.accessKeyId)).toBeUndefined()
  })
})

describe('a key ring', () => {
  let now = NOW
  const clock = { now: () => now }
  let reads = 0
  const counting = (table: Table): Table => ({
    get: (key) => (reads++, table.get(key)),
    put: table.put.bind(table),
    query: table.query.bind(table),
    delete: table.delete.bind(table),
    update: table.update.bind(table),
  })

  test('of every process refuses a revoked key within a minute, and asks for it twice a minute at most', async () => {
    const store = { table: counting(onSqlite()), secret }
    const [one, other] = [keyRing(store, clock), keyRing(store, clock)]
    const { accessKeyId } = await createAccessKey(store, { name: 'ann', role: 'reader', now })
    reads = 0
    for (let call = 0; call < 100; call++) await one(accessKeyId)
    expect(await other(accessKeyId)).toMatchObject({ name: 'ann', role: 'reader' })
    expect(reads).toBe(2)
    await revokeAccessKey(store, accessKeyId)
    now = new Date(NOW.getTime() + 60_000)
    expect(await one(accessKeyId)).toBeUndefined()
    expect(await other(accessKeyId)).toBeUndefined()
  })

  test('knows the automation’s own key, and asks the table for nothing that cannot be a key', async () => {
    const store = { table: counting(onSqlite()), secret }
    const ring = keyRing(store, clock)
    const own = automationKey(await secret())
    reads = 0
    expect(await ring(own.accessKeyId)).toEqual({
      name: 'tocsin-automation',
      role: 'automation',
      secretAccessKey: own.secretAccessKey,
    })
    expect(await ring('AKIAIOSFODNN7EXAMPLE')).toBeUndefined()
    expect(reads).toBe(0)
  })

  test('asks again for what could not be read', async () => {
    const table = onSqlite()
    const { accessKeyId } = await createAccessKey({ table, secret }, { name: 'ann', role: 'reader', now })
    let away = true
    const get: Table['get'] = (key) => (away ? Promise.reject(new Error('away')) : table.get(key))
    const ring = keyRing({ table: { ...counting(table), get }, secret }, clock)
    await expect(ring(accessKeyId)).rejects.toThrow('away')
    away = false
    expect(await ring(accessKeyId)).toMatchObject({ name: 'ann' })
  })
})
