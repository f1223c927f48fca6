// DynamoDB for tests: dynalite on a free port of loopback, with tables made as they are asked for.
import { once } from 'node:events'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { documentClient, dynamodbTable } from '../lib/aws/table/dynamodb.ts'
import type { Indexes, Table } from '../lib/aws/table/table.ts'

export interface DynaliteEngine {
  readonly url: string
  readonly table: (name: string, indexes: Indexes) => Table
  /** A table as Powertools' own layer keeps it. */
  readonly idempotencyTable: string
  readonly idempotency: (tableName: string) => BasePersistenceLayer
  readonly close: () => Promise<void>
}

const IDEMPOTENCY = 'idempotency-of-powertools'

export async function dynaliteEngine(): Promise<DynaliteEngine> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('dynalite has no port')
  const url = `http://127.0.0.1:${address.port}`
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const documents = documentClient(client)
  await client.send(
    new CreateTableCommand({
      TableName: IDEMPOTENCY,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  )
  return {
    url,
    idempotencyTable: IDEMPOTENCY,
    table: (name, indexes) =>
      onceMade(client.send(createTable(name, indexes)), dynamodbTable(documents, name, indexes)),
    idempotency: () => new DynamoDBPersistenceLayer({ tableName: IDEMPOTENCY, awsSdkV3Client: client }),
    close: async () => {
      client.destroy()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

const schema = (partition: string, range: string) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
]

function createTable(TableName: string, indexes: Indexes): CreateTableCommand {
  const attributes = new Set([
    'pk',
    'sk',
    ...Object.values(indexes).flatMap(({ partition, range }) => [partition, range]),
  ])
  const GlobalSecondaryIndexes = Object.entries(indexes).map(([IndexName, { partition, range }]) => ({
    IndexName,
    KeySchema: schema(partition, range),
    Projection: { ProjectionType: 'ALL' as const },
  }))
  return new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: schema('pk', 'sk'),
    ...(GlobalSecondaryIndexes.length ? { GlobalSecondaryIndexes } : {}),
  })
}

/** The table, whose calls wait until it has been made. */
function onceMade(made: Promise<unknown>, table: Table): Table {
  let ready = false
  const waiting = made.then(() => (ready = true))
  const call = <T>(work: () => Promise<T>): Promise<T> => (ready ? work() : waiting.then(work))
  return {
    get: (key) => call(() => table.get(key)),
    put: (item, condition) => call(() => table.put(item, condition)),
    update: (key, change, condition) => call(() => table.update(key, change, condition)),
    delete: (key, condition) => call(() => table.delete(key, condition)),
    query: (query) => call(() => table.query(query)),
  }
}
