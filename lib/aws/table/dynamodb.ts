// The table port on DynamoDB: single-item calls and queries only, every name and value passed by placeholder.
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import {
  type Condition,
  ConditionFailed,
  type Indexes,
  type Item,
  ItemTooLarge,
  type Key,
  type Query,
  type Range,
  type Table,
  type Value,
} from './table.ts'
import { orderOf, type PlainChange, plainChange, plainItem, plainKey } from './value.ts'

/** The client that the tables take. A member called `constructor` makes a plain object look like an instance to the SDK. */
export const documentClient = (client: DynamoDBClient): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { convertClassInstanceToMap: true } })

/** Reads of the table are strongly consistent; an index follows within moments. Attributes of an item never hold undefined. */
export function dynamodbTable(client: DynamoDBDocumentClient, TableName: string, indexes: Indexes): Table {
  const guarded = async <T>(key: Key, write: Promise<T>): Promise<T> => {
    try {
      return await write
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw new ConditionFailed(TableName, key)
      if (isTooLarge(error)) throw new ItemTooLarge(key)
      throw error
    }
  }
  return {
    async get(key) {
      const get = new GetCommand({ TableName, Key: plainKey(key), ConsistentRead: true })
      const { Item } = await client.send(get)
      return Item && parseItem(Item)
    },
    async put(item, condition) {
      const terms = new Terms()
      const ConditionExpression = terms.condition(condition)
      const Item = plainItem(item, indexes)
      const put = new PutCommand({ TableName, Item, ConditionExpression, ...terms.placeholders() })
      await guarded(item, client.send(put))
    },
    async update(atKey, change, condition) {
      const Key = plainKey(atKey)
      const terms = new Terms()
      const expressions = {
        ConditionExpression: terms.condition(condition),
        UpdateExpression: terms.change(plainChange(Key, change, indexes)),
      }
      const update = { TableName, Key, ...expressions, ...terms.placeholders(), ReturnValues: 'ALL_NEW' } as const
      const { Attributes } = await guarded(Key, client.send(new UpdateCommand(update)))
      return parseItem(Attributes)
    },
    async delete(atKey, condition) {
      const Key = plainKey(atKey)
      const terms = new Terms()
      const ConditionExpression = terms.condition(condition)
      const remove = new DeleteCommand({ TableName, Key, ConditionExpression, ...terms.placeholders() })
      await guarded(Key, client.send(remove))
    },
    async query(query) {
      const order = orderOf(TableName, indexes, query)
      if (findsNothing(query)) return { items: [] }
      const items: Item[] = []
      let after = query.after
      do {
        // A page of DynamoDB's own ends at 1 MB, whatever the limit.
        const limit = query.limit && query.limit - items.length
        const { Items = [], LastEvaluatedKey } = await client.send(queryCommand(TableName, order, query, limit, after))
        items.push(...Items.map(parseItem))
        after = LastEvaluatedKey
      } while (after !== undefined && (query.limit === undefined || items.length < query.limit))
      return { items, ...(after === undefined ? {} : { after }) }
    },
  }
}

/** DynamoDB has no exception of its own for it, only its words: `Item size (to update) has exceeded ...`. */
const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationException' && error.message.startsWith('Item size')

function queryCommand(
  TableName: string,
  order: { readonly partition: string; readonly range: string },
  query: Query,
  limit: number | undefined,
  after: Value | undefined,
): QueryCommand {
  const terms = new Terms()
  const inPartition = `${terms.name(order.partition)} = ${terms.value(query.partition)}`
  const range = query.range && terms.range(order.range, query.range)
  return new QueryCommand({
    TableName,
    IndexName: query.index,
    ConsistentRead: query.index === undefined,
    KeyConditionExpression: range ? `${inPartition} AND ${range}` : inPartition,
    ScanIndexForward: query.order !== 'descending',
    Limit: limit,
    ExclusiveStartKey: startKey(after),
    ...terms.placeholders(),
  })
}

function startKey(after: Value | undefined): { [name: string]: Value | undefined } | undefined {
  if (after === undefined) return undefined
  if (typeof after === 'object' && after !== null && !Array.isArray(after)) return after
  throw new Error('A query goes on from where no page ended')
}

/** What DynamoDB refuses to be asked: an empty key, and a range that ends before it begins. */
function findsNothing({ partition, range }: Query): boolean {
  if (partition === '') return true
  if (!range || 'prefix' in range || range.to === undefined) return false
  return range.to === '' || Buffer.compare(Buffer.from(range.from ?? ''), Buffer.from(range.to)) > 0
}

function parseItem(attributes: Record<string, unknown> | undefined): Item {
  const { pk, sk } = attributes ?? {}
  if (typeof pk !== 'string' || typeof sk !== 'string') throw new Error('DynamoDB answered an item without pk and sk')
  return { ...attributes, pk, sk }
}

/** The parts of an expression and what their placeholders stand for. */
class Terms {
  readonly #names = new Map<string, string>()
  readonly #values = new Map<string, Value>()

  name(attribute: string): string {
    const known = this.#names.get(attribute)
    if (known) return known
    const placeholder = `#n${this.#names.size}`
    this.#names.set(attribute, placeholder)
    return placeholder
  }

  value(value: Value): string {
    const placeholder = `:v${this.#values.size}`
    this.#values.set(placeholder, value)
    return placeholder
  }

  condition(condition: Condition | undefined): string | undefined {
    if (!condition) return undefined
    if ('absent' in condition) return `attribute_not_exists(${this.name('pk')})`
    const equal = Object.entries(condition.equals).map(([name, value]) =>
      value === undefined ? `attribute_not_exists(${this.name(name)})` : `${this.name(name)} = ${this.value(value)}`,
    )
    return [`attribute_exists(${this.name('pk')})`, ...equal].join(' AND ')
  }

  /** Undefined when nothing changes: such an update creates the item where there is none, and answers it. */
  change({ set, add, remove }: PlainChange): string | undefined {
    const clauses = [
      clause(
        'SET',
        [...set].map(([name, value]) => `${this.name(name)} = ${this.value(value)}`),
      ),
      clause(
        'ADD',
        [...add].map(([name, amount]) => `${this.name(name)} ${this.value(amount)}`),
      ),
      clause(
        'REMOVE',
        [...remove].map((name) => this.name(name)),
      ),
    ]
    return clauses.join(' ').trim() || undefined
  }

  range(attribute: string, range: Range): string | undefined {
    if ('prefix' in range)
      return range.prefix ? `begins_with(${this.name(attribute)}, ${this.value(range.prefix)})` : undefined
    const { from = '', to } = range
    if (from !== '' && to !== undefined)
      return `${this.name(attribute)} BETWEEN ${this.value(from)} AND ${this.value(to)}`
    if (from !== '') return `${this.name(attribute)} >= ${this.value(from)}`
    return to === undefined ? undefined : `${this.name(attribute)} <= ${this.value(to)}`
  }

  placeholders() {
    const names = [...this.#names].map(([attribute, placeholder]): [string, string] => [placeholder, attribute])
    return {
      ...(names.length ? { ExpressionAttributeNames: Object.fromEntries(names) } : {}),
      ...(this.#values.size ? { ExpressionAttributeValues: Object.fromEntries(this.#values) } : {}),
    }
  }
}

const clause = (verb: string, terms: readonly string[]): string => (terms.length ? `${verb} ${terms.join(', ')}` : '')
