// What would leave by SMS, e-mail or voice stays on this machine, where `GET /_tocsin/messages` shows it.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LocalCarrier, LocalMessage } from '../aws/runtime.ts'
import type { Database } from '../aws/table/sqlite-database.ts'
import { parseJson } from './json.ts'

export interface Carrier {
  /** Keeps a message, on disk when it settles; one with the same id is the same message. */
  readonly carry: LocalCarrier
  /** Newest first, from behind the message whose id is `before`; undefined where there is none of this id. */
  readonly page: (wanted?: { readonly limit?: number; readonly before?: string }) => MessagePage | undefined
  /** Deletes what was sent before then, a little at a time: others write in between. */
  readonly forget: (before: Date) => Promise<void>
}

export interface MessagePage {
  readonly messages: readonly LocalMessage[]
  /** The id of the last of them, where there are older ones: these are the page before it. */
  readonly next?: string
}

/** Of one page: reading it is a few hundredths of a second, and nothing else is done meanwhile. */
export const MOST_MESSAGES = 1000
const MOST_BYTES = 2 * 1024 * 1024
const FORGOTTEN_AT_ONCE = 100

export async function openCarrier(database: Database): Promise<Carrier> {
  await database.write((db) =>
    db.exec(`
      CREATE TABLE IF NOT EXISTS local_sent (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, message TEXT NOT NULL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS local_sent_at ON local_sent (at, sequence);`),
  )
  const { insert, placeOf, newest, older, remove } = database.read((db) => ({
    insert: db.prepare('INSERT INTO local_sent (id, at, message) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING'),
    placeOf: db.prepare('SELECT at, sequence FROM local_sent WHERE id = ?'),
    newest: db.prepare('SELECT id, message FROM local_sent ORDER BY at DESC, sequence DESC LIMIT ?'),
    older: db.prepare(
      'SELECT id, message FROM local_sent WHERE (at, sequence) < (?, ?) ORDER BY at DESC, sequence DESC LIMIT ?',
    ),
    remove: db.prepare(
      `DELETE FROM local_sent WHERE sequence IN (SELECT sequence FROM local_sent WHERE at < ? LIMIT ${FORGOTTEN_AT_ONCE})`,
    ),
  }))
  return {
    async carry(message) {
      await database.write(() => insert.run(message.id, message.at.toISOString(), JSON.stringify(message)))
    },
    page: ({ limit = MOST_MESSAGES, before } = {}) =>
      database.read(() => {
        const place = before === undefined ? undefined : placeOf.get(before)
        if (before !== undefined && !place) return undefined
        // One more than is shown tells whether there are more.
        const rows = place
          ? older.iterate(String(place['at']), Number(place['sequence']), limit + 1)
          : newest.iterate(limit + 1)
        return pageOf(rows, limit)
      }),
    async forget(before) {
      const text = before.toISOString()
      while ((await database.write(() => Number(remove.run(text).changes))) === FORGOTTEN_AT_ONCE);
    },
  }
}

/** Ends when it is long enough, but never without a message: the rest of the rows is not read. */
function pageOf(rows: Iterable<Record<string, unknown>>, limit: number): MessagePage {
  const messages: LocalMessage[] = []
  let [bytes, last] = [0, '']
  for (const row of rows) {
    const text = String(row['message'])
    bytes += text.length
    if (messages.length === limit || (messages.length && bytes > MOST_BYTES)) return { messages, next: last }
    messages.push(toMessage(text))
    last = String(row['id'])
  }
  return { messages }
}

/** All messages, newest first: page by page, so that others have their turn in between. */
export async function allMessages(carrier: Pick<Carrier, 'page'>): Promise<LocalMessage[]> {
  const found: LocalMessage[] = []
  for (let page = carrier.page(); page;) {
    found.push(...page.messages)
    if (page.next === undefined) break
    await nextTurn()
    page = carrier.page({ before: page.next })
  }
  return found
}

const TYPES = ['SMS', 'EMAIL', 'VOICE', 'SNS'] as const

function toMessage(text: string): LocalMessage {
  const json = parseJson(text, 'message')
  const type = TYPES.find((name) => name === json.get('type').string()) ?? 'SNS'
  const optional = (
    name: 'contactArn' | 'pageArn' | 'subject' | 'code',
  ): { readonly [key in typeof name]?: string } => {
    const value = json.get(name).optionalString()
    return value === undefined ? {} : { [name]: value }
  }
  return {
    id: json.get('id').string(),
    at: new Date(json.get('at').string()),
    type,
    address: json.get('address').string(),
    ...optional('contactArn'),
    ...optional('pageArn'),
    ...optional('subject'),
    body: json.get('body').string(),
    ...optional('code'),
  }
}
