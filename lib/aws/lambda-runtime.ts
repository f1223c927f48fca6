// The runtime on AWS: the process's environment, real time, DynamoDB. Every function carries this file: no other client here.
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { clientSettings } from './clients/settings.ts'
import { systemClock } from './clock.ts'
import { processEnvironment } from './config.ts'
import type { Runtime } from './runtime.ts'
import { documentClient, dynamodbTable } from './table/dynamodb.ts'
import { INDEXES } from './table/indexes.ts'

/** One client, and so one pool of connections, for the tables and for Powertools. */
export function lambdaRuntime(): Runtime {
  const environment = processEnvironment()
  const awsSdkV3Client = new DynamoDBClient(clientSettings({ environment }, 'DYNAMODB'))
  const documents = documentClient(awsSdkV3Client)
  return {
    environment,
    clock: systemClock,
    table: (name) => dynamodbTable(documents, name, INDEXES),
    idempotency: (tableName) => new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client }),
    secret: once(async () => {
      // Its client is set up only where a secret is needed.
      const { storedSecret } = await import('./stored-secret.ts')
      return storedSecret(environment)
    }),
  }
}

/** What `make` made, for every later call too; what it could not make is tried again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    }))
}
