// Where messages are kept until they have been dealt with: one table for every queue, in the order in which they are due.
import { randomUUID } from 'node:crypto'
import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import type { Database } from '../aws/table/sqlite-database.ts'

export interface Outgoing {
  readonly queue: string
  readonly body: string
  /** Made when left out. */
  readonly id?: string
  /** What travels beside the body: SQS's message attributes, as JSON. */
  readonly attributes?: string | undefined
  readonly delayMs?: number
  /** For one that is sent to a dead-letter queue: where it would have come from, and what is to be said of it. */
  readonly failure?: { readonly source: string; readonly failedIn: string; readonly error: string }
}

export interface StoredMessage extends Outgoing {
  readonly id: string
  /** Where a dead message came from. */
  readonly source: string | undefined
  readonly sentAt: Date
  readonly visibleAt: Date
  readonly firstReceivedAt: Date | undefined
  /** How often it has been received. */
  readonly received: number
}

/** A message that is about to be tried, this time counted. */
export interface TakenMessage extends StoredMessage {
  readonly firstReceivedAt: Date
}

/** A message whose last try was begun and not finished; `isCutOff` where a later process has noted that. */
interface TriedMessage extends StoredMessage {
  readonly isCutOff: boolean
}

/** What becomes of a message that has been received. */
export type Settlement = { readonly id: string } & (
  | { readonly fate: 'done' }
  | {
      readonly fate: 'retry'
      readonly received: number
      readonly firstReceivedAt: Date
      readonly visibleAt: Date
      readonly error: string
      /** The process ended in the midst of the try, and this may be why. */
      readonly cutOff?: boolean
    }
  | {
      readonly fate: 'move'
      readonly to: Outgoing
      readonly at: Date
      readonly error: string
      readonly failedIn: string
      /** The queue to which a person may put it back; without one it simply goes on. */
      readonly source: string | undefined
    }
)

/** A message that waits for a person. */
export interface DeadMessage {
  readonly id: string
  readonly at: Date
  readonly failedIn: string
  readonly error: string
  readonly body: string
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS local_message (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    received INTEGER NOT NULL DEFAULT 0,
    first_received_at INTEGER,
    error TEXT,
    failed_at INTEGER,
    failed_in TEXT,
    source TEXT,
    attributes TEXT,
    try TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS local_message_visible ON local_message (queue, visible_at, sequence);`

const COLUMNS = "SELECT name FROM pragma_table_info('local_message')"
/** Columns that a data folder of an earlier version has not. `try` is 'begun', or 'cut off' once another process has found it so. */
const LATER_COLUMNS = ['attributes', 'try']
const INSERT = 'INSERT INTO local_message (id, queue, body, attributes, sent_at, visible_at) VALUES (?, ?, ?, ?, ?, ?)'
const FAIL = 'UPDATE local_message SET source = ?, failed_in = ?, error = ?, failed_at = ? WHERE id = ?'
const VISIBLE = 'SELECT * FROM local_message WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, sequence LIMIT ?'
const HOLDING = 'SELECT DISTINCT queue FROM local_message'
const SHOW = 'UPDATE local_message SET visible_at = ? WHERE id = ?'
const DELETE = 'DELETE FROM local_message WHERE id = ?'
const REMOVE = 'DELETE FROM local_message WHERE id = ? AND queue = ?'
const DISCARD = 'DELETE FROM local_message WHERE id = ? AND source IS NOT NULL'
const PURGE = 'DELETE FROM local_message WHERE queue = ? AND try IS NULL'
const COUNT = `SELECT count(*) AS messages, coalesce(sum(visible_at <= ?), 0) AS visible,
  coalesce(sum(visible_at > ? AND received = 0), 0) AS delayed FROM local_message WHERE queue = ?`
const TAKE = "UPDATE local_message SET received = ?, first_received_at = ?, try = 'begun' WHERE id = ?"
const TRIES = 'SELECT * FROM local_message WHERE try IS NOT NULL ORDER BY visible_at, sequence'
const RETRY = `UPDATE local_message SET received = ?, first_received_at = ?, visible_at = ?, error = ?, try = ?
  WHERE id = ?`
const MOVE = `UPDATE local_message SET queue = ?, body = ?, visible_at = ?, error = ?, failed_at = ?, failed_in = ?,
  source = ?, received = 0, first_received_at = NULL, try = NULL WHERE id = ?`
const DEAD = 'SELECT * FROM local_message WHERE source IS NOT NULL ORDER BY failed_at, sequence'
const REDRIVE = `UPDATE local_message SET queue = coalesce(?, source), source = NULL, visible_at = ?, error = NULL,
  failed_at = NULL, failed_in = NULL WHERE source IS NOT NULL AND queue = coalesce(?, queue)`

export class MessageStore {
  readonly #database: Database
  readonly #statement: (sql: string) => StatementSync

  private constructor(database: Database) {
    this.#database = database
    const prepared = new Map<string, StatementSync>()
    this.#statement = (sql) => {
      let statement = prepared.get(sql)
      if (!statement) prepared.set(sql, (statement = database.read((db) => db.prepare(sql))))
      return statement
    }
  }

  static async open(database: Database): Promise<MessageStore> {
    await database.write((db) => {
      db.exec(SCHEMA)
      const columns = new Set(
        db
          .prepare(COLUMNS)
          .all()
          .map(({ name }) => name),
      )
      for (const later of LATER_COLUMNS)
        if (!columns.has(later)) db.exec(`ALTER TABLE local_message ADD COLUMN ${later} TEXT`)
    })
    return new MessageStore(database)
  }

  /** On disk when it settles. */
  async add(messages: readonly Outgoing[], at: Date): Promise<void> {
    const now = at.getTime()
    await this.#database.write(() => {
      for (const { id = randomUUID(), queue, body, attributes, delayMs = 0, failure } of messages) {
        this.#statement(INSERT).run(id, queue, body, attributes ?? null, now, now + delayMs)
        if (failure) this.#statement(FAIL).run(failure.source, failure.failedIn, failure.error, now, id)
      }
    })
  }

  /** Makes messages visible. */
  async show(messages: readonly StoredMessage[], at: Date): Promise<void> {
    await this.#database.write(() => {
      for (const { id } of messages) this.#statement(SHOW).run(at.getTime(), id)
    })
  }

  /** Deletes a message, unless it has left the queue. */
  async remove(id: string, queue: string): Promise<void> {
    await this.#database.write(() => this.#statement(REMOVE).run(id, queue))
  }

  /** Deletes a message that waits for a person; false when none such has the id. */
  async discard(id: string): Promise<boolean> {
    return (await this.#database.write(() => this.#statement(DISCARD).run(id))).changes > 0
  }

  /** Deletes what a queue holds and nobody is trying to process just now. */
  async purge(queue: string): Promise<void> {
    await this.#database.write(() => this.#statement(PURGE).run(queue))
  }

  /** How many messages a queue holds: all, those visible at an instant, and those not visible yet for the first time. */
  count(queue: string, at: Date): { messages: number; visible: number; delayed: number } {
    const now = at.getTime()
    const row = this.#statement(COUNT).get(now, now, queue)
    const number = (name: string): number => Number(row?.[name] ?? 0)
    return { messages: number('messages'), visible: number('visible'), delayed: number('delayed') }
  }

  /** The queues that hold messages at all: mostly none, so that asking each of them can be spared. */
  holding(): ReadonlySet<string> {
    return new Set(
      this.#statement(HOLDING)
        .all()
        .map((row) => String(row['queue'])),
    )
  }

  /** The messages of a queue that are visible by `until`, in the order in which they became so, `limit` at most. */
  visible(queue: string, until: Date, limit = -1): StoredMessage[] {
    return this.#statement(VISIBLE).all(queue, until.getTime(), limit).map(toMessage)
  }

  /** Counts the tries that are about to be made; on disk when it settles, so that one that ends the process counts, too. */
  async take(messages: readonly TakenMessage[]): Promise<void> {
    await this.#database.write(() => {
      for (const { id, received, firstReceivedAt } of messages)
        this.#statement(TAKE).run(received, firstReceivedAt.getTime(), id)
    })
  }

  /** The messages whose last try has not come to its end: that of a former process, or of this one. */
  tries(): TriedMessage[] {
    return this.#statement(TRIES)
      .all()
      .map((row) => ({ ...toMessage(row), isCutOff: row['try'] === 'cut off' }))
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    await this.#database.write(() => {
      for (const settlement of settlements) this.#settle(settlement)
    })
  }

  /** Oldest first. */
  dead(): DeadMessage[] {
    return this.#statement(DEAD)
      .all()
      .map((row) => ({
        id: String(row['id']),
        at: new Date(Number(row['failed_at'])),
        failedIn: String(row['failed_in']),
        error: String(row['error']),
        body: String(row['body']),
      }))
  }

  /**
   * Puts dead messages, all or those of one dead-letter queue, back where they came from or into another queue, as if they
   * had just been sent. Answers how many.
   */
  async redrive(at: Date, from?: string, to?: string): Promise<number> {
    const put = () => this.#statement(REDRIVE).run(to ?? null, at.getTime(), from ?? null)
    return Number((await this.#database.write(put)).changes)
  }

  #settle(settlement: Settlement): void {
    switch (settlement.fate) {
      case 'done':
        this.#statement(DELETE).run(settlement.id)
        return
      case 'retry': {
        const { id, received, firstReceivedAt, visibleAt, error, cutOff } = settlement
        const tried = cutOff ? 'cut off' : null
        this.#statement(RETRY).run(received, firstReceivedAt.getTime(), visibleAt.getTime(), error, tried, id)
        return
      }
      case 'move': {
        const { id, to, at, error, failedIn, source } = settlement
        const now = at.getTime()
        this.#statement(MOVE).run(to.queue, to.body, now, error, now, failedIn, source ?? null, id)
        return
      }
      default:
        settlement satisfies never
    }
  }
}

const toMessage = (row: Readonly<Record<string, SQLOutputValue>>): StoredMessage => ({
  id: String(row['id']),
  queue: String(row['queue']),
  body: String(row['body']),
  attributes: row['attributes'] === null ? undefined : String(row['attributes']),
  source: row['source'] === null ? undefined : String(row['source']),
  sentAt: new Date(Number(row['sent_at'])),
  visibleAt: new Date(Number(row['visible_at'])),
  firstReceivedAt: row['first_received_at'] === null ? undefined : new Date(Number(row['first_received_at'])),
  received: Number(row['received']),
})
