// The states of alarms, as the events, notifications and invocations that came by have told: a small CloudWatch's memory.
import type { StatementSync } from 'node:sqlite'
import { alarmArn } from '../automation/sources/alarm-event.ts'
import type { AlarmType } from '../automation/sources/signal.ts'
import type { Place } from '../aws/arn.ts'
import type { Clock } from '../aws/clock.ts'
import type { Database } from '../aws/table/sqlite-database.ts'
import { heardIn, merged, toRecord, type AlarmRecord, typeOf } from './alarm-record.ts'

export interface AlarmQuery {
  readonly prefix: string
  readonly types: readonly AlarmType[]
  readonly state: string | undefined
  /** The ARN after which to go on. */
  readonly after: string
  readonly limit: number
}

/** How the column `composite` tells the types apart: it is older than the third of them. */
const TYPES: readonly AlarmType[] = ['metric', 'composite', 'log']
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS local_alarm (
    arn TEXT NOT NULL PRIMARY KEY, state TEXT, composite INTEGER NOT NULL, record TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;`
const FIND = 'SELECT record FROM local_alarm WHERE arn = ?'
const KEEP = 'INSERT OR REPLACE INTO local_alarm (arn, state, composite, record) VALUES (?, ?, ?, ?)'
const LIST = `SELECT record FROM local_alarm WHERE arn > ?1 AND arn >= ?2 AND substr(arn, 1, length(?2)) = ?2
  AND state = coalesce(?3, state) AND composite IN (?4, ?5, ?6) ORDER BY arn LIMIT ?7`

export class Alarms {
  readonly #database: Database
  readonly #clock: Clock
  readonly #place: Place
  readonly #find: StatementSync
  readonly #keep: StatementSync
  readonly #list: StatementSync

  private constructor(database: Database, clock: Clock, place: Place) {
    this.#database = database
    this.#clock = clock
    this.#place = place
    ;[this.#find, this.#keep, this.#list] = database.read((db) => [
      db.prepare(FIND),
      db.prepare(KEEP),
      db.prepare(LIST),
    ])
  }

  static async open(database: Database, clock: Clock, place: Place): Promise<Alarms> {
    await database.write((db) => db.exec(SCHEMA))
    return new Alarms(database, clock, place)
  }

  /**
   * Takes the states from what comes by: events, alarms' notifications and invocations; anything else says nothing. Asked
   * for in the same turn in which the messages are kept, it is a part of their commit: no other sync, nothing to wait for.
   */
  async hear(inputs: readonly unknown[]): Promise<void> {
    const now = this.#clock.now()
    const heard = inputs.flatMap((input) => heardIn(input, now, this.#place) ?? [])
    if (heard.length === 0) return
    await this.#database.write(() => {
      for (const one of heard) {
        const record = merged(this.#get(one.arn), one)
        const { arn, state } = record
        this.#keep.run(arn, state ?? null, TYPES.indexOf(typeOf(record)), JSON.stringify(record))
      }
    })
  }

  /** The alarm of this name, in this account and region. */
  find(name: string): AlarmRecord | undefined {
    const record = this.#get(this.arn(name))
    return record?.state === undefined ? undefined : record
  }

  /** The alarms of this account and region whose names begin so, by name. */
  list({ prefix, types, state, after, limit }: AlarmQuery): AlarmRecord[] {
    const [one = null, two = null, three = null] = [...new Set(types)].map((type) => TYPES.indexOf(type))
    return this.#list
      .all(after, this.arn(prefix), state ?? null, one, two, three, limit)
      .map((row) => toRecord(String(row['record'])))
  }

  arn(name: string): string {
    return alarmArn(this.#place, name)
  }

  #get(arn: string): AlarmRecord | undefined {
    const row = this.#find.get(arn)
    return row && toRecord(String(row['record']))
  }
}
