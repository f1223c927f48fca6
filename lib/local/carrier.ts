// What would leave by SMS, e-mail or voice stays on this machine, where `GET /_tocsin/messages` shows it.
import type { LocalCarrier, LocalMessage } from '../aws/runtime.ts'
import type { Database } from '../aws/table/sqlite-database.ts'
import { parseJson } from './json.ts'

export interface Carrier {
  /** Keeps a message, on disk when it settles; one with the same id is the same message. */
  readonly carry: LocalCarrier
  /** Newest first. */
  readonly messages: () => LocalMessage[]
}

export async function openCarrier(database: Database): Promise<Carrier> {
  await database.write((db) =>
    db.exec(`
      CREATE TABLE IF NOT EXISTS local_sent (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, message TEXT NOT NULL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS local_sent_at ON local_sent (at, sequence);`),
  )
  const insert = database.read((db) =>
    db.prepare('INSERT INTO local_sent (id, at, message) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING'),
  )
  return {
    async carry(message) {
      await database.write(() => insert.run(message.id, message.at.toISOString(), JSON.stringify(message)))
    },
    messages: () =>
      database
        .read((db) => db.prepare('SELECT message FROM local_sent ORDER BY at DESC, sequence DESC').all())
        .map((row) => toMessage(String(row['message']))),
  }
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
