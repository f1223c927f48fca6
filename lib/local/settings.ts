// A few durable facts about the system itself, each a name and a text.
import type { Database } from '../aws/table/sqlite-database.ts'

/** When a backup was put in the place of what had been there. */
export const RESTORED = 'restored'

export interface Settings {
  readonly get: (name: string) => string | undefined
  /** On disk when it settles. */
  readonly set: (name: string, value: string) => Promise<void>
}

export async function openSettings(database: Database): Promise<Settings> {
  await database.write((db) =>
    db.exec('CREATE TABLE IF NOT EXISTS local_setting (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT'),
  )
  return {
    get: (name) => {
      const row = database.read((db) => db.prepare('SELECT value FROM local_setting WHERE name = ?').get(name))
      return row && String(row['value'])
    },
    set: async (name, value) => {
      await database.write((db) =>
        db
          .prepare('INSERT INTO local_setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ?')
          .run(name, value, value),
      )
    },
  }
}
