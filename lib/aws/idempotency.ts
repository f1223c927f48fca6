// Powertools' memory of what has been processed, on the table port: judged by the system's own clock, and by its boot.
import { randomUUID } from 'node:crypto'
import { IdempotencyItemAlreadyExistsError, IdempotencyItemNotFoundError } from '@aws-lambda-powertools/idempotency'
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence'
import type { Clock } from './clock.ts'
import { type Condition, ConditionFailed, type Item, type Key, type Table, type Value } from './table/table.ts'

/** When DynamoDB, or whatever stands for it, may drop an item: epoch seconds in this attribute (serverless.yml). */
export const EXPIRATION = 'expiration'

const SECOND_MS = 1000
/** How often others may come between reading a record and taking it over. */
const ROUNDS = 3

/**
 * For one process that owns its tables. A record in progress may be taken over when its time is over by `clock` (rehearsals
 * move it), or at once when it was left before this `table` was opened: whoever left it is gone. Give each function a layer
 * of its own: Powertools keeps the key prefix in it.
 */
export const tableIdempotency = (table: Table, clock: Clock): BasePersistenceLayer => new TableIdempotency(table, clock)

/** One boot is one opening of a table. */
const boots = new WeakMap<Table, string>()

function bootOf(table: Table): string {
  let boot = boots.get(table)
  if (boot === undefined) boots.set(table, (boot = randomUUID()))
  return boot
}

class TableIdempotency extends BasePersistenceLayer {
  readonly #table: Table
  readonly #clock: Clock
  readonly #boot: string

  constructor(table: Table, clock: Clock) {
    super()
    this.#table = table
    this.#clock = clock
    this.#boot = bootOf(table)
  }

  protected override async _putRecord(record: IdempotencyRecord): Promise<void> {
    const item = this.#itemOf(record)
    let before: Item | undefined
    for (let round = 0; round < ROUNDS; round++) {
      if (await this.#written(item, before)) return
      before = await this.#table.get(keyOf(record.idempotencyKey))
      if (before && !this.#isOver(before)) break
    }
    throw new IdempotencyItemAlreadyExistsError(
      `Processed already, or being processed: ${record.idempotencyKey}`,
      before && recordOf(before),
    )
  }

  protected override async _updateRecord(record: IdempotencyRecord): Promise<void> {
    await this.#table.put(this.#itemOf(record))
  }

  protected override async _getRecord(idempotencyKey: string): Promise<IdempotencyRecord> {
    const item = await this.#table.get(keyOf(idempotencyKey))
    if (!item) throw new IdempotencyItemNotFoundError(`Not known: ${idempotencyKey}`)
    return recordOf(item)
  }

  protected override async _deleteRecord(record: IdempotencyRecord): Promise<void> {
    await this.#table.delete(keyOf(record.idempotencyKey))
  }

  /** Whether it could be written: where nothing was, or where `before` still is. */
  async #written(item: Item, before: Item | undefined): Promise<boolean> {
    const condition: Condition = before ? { equals: { stamp: text(before['stamp']) } } : { absent: true }
    try {
      await this.#table.put(item, condition)
      return true
    } catch (error) {
      if (error instanceof ConditionFailed) return false
      throw error
    }
  }

  #isOver(item: Item): boolean {
    const left = item['status'] === 'INPROGRESS' && item['boot'] !== this.#boot
    return left || text(item['until']) <= this.#clock.now().toISOString()
  }

  /** Powertools counts from the time of the day: what it grants is counted from our clock's instead. */
  #itemOf(record: IdempotencyRecord): Item {
    const now = this.#clock.now().getTime()
    const keptMs = this.getExpiresAfterSeconds() * SECOND_MS
    const workMs =
      record.inProgressExpiryTimestamp === undefined ? keptMs : record.inProgressExpiryTimestamp - Date.now()
    const status = record.getStatus()
    return {
      ...keyOf(record.idempotencyKey),
      status,
      boot: this.#boot,
      stamp: randomUUID(),
      until: new Date(now + (status === 'INPROGRESS' ? workMs : keptMs)).toISOString(),
      response: record.responseData === undefined ? undefined : JSON.stringify(record.responseData),
      payloadHash: record.payloadHash,
      [EXPIRATION]: Math.ceil((now + keptMs) / SECOND_MS),
    }
  }
}

const keyOf = (idempotencyKey: string): Key => ({ pk: idempotencyKey, sk: 'idempotency' })

/** Without instants: Powertools would compare them with the time of the day, which a rehearsal has left. */
const recordOf = (item: Item): IdempotencyRecord =>
  new IdempotencyRecord({
    idempotencyKey: item.pk,
    status: item['status'] === 'COMPLETED' ? 'COMPLETED' : 'INPROGRESS',
    ...(typeof item['response'] === 'string' ? { responseData: JSON.parse(item['response']) } : {}),
    payloadHash: text(item['payloadHash']),
  })

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '')
