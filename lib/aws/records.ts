// Queue records, each on its own: processed once per identity by Powertools, and a failure of one returns only that one.
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence'
import type { Logger } from '@aws-lambda-powertools/logger'
import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda'
import type { RecordFailed } from './runtime.ts'

export interface RecordWork {
  readonly records: readonly SQSRecord[]
  /** What names the event itself, so that the same one delivered again is the same; throws when it has no name. */
  readonly identity: (record: SQSRecord) => string
  readonly process: (record: SQSRecord) => Promise<void>
  /** Sets the records of one function apart from those of another. */
  readonly keyPrefix: string
  readonly persistence: BasePersistenceLayer
  readonly context: Context
  readonly logger: Logger
  readonly failed: RecordFailed | undefined
}

const REMEMBER_SECONDS = 24 * 60 * 60

/** Answers which records failed; the queue delivers those again and, in the end, to its dead-letter queue. */
export async function processRecords(work: RecordWork): Promise<SQSBatchResponse> {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'identity',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: REMEMBER_SECONDS,
  })
  config.registerLambdaContext(work.context)
  const once = makeIdempotent((input: { identity: string; record: SQSRecord }) => work.process(input.record), {
    persistenceStore: work.persistence,
    keyPrefix: work.keyPrefix,
    config,
  })
  const failed = await Promise.all(
    work.records.map(async (record) => {
      try {
        await once({ identity: work.identity(record), record })
        return []
      } catch (error) {
        work.logger.error('A record could not be processed and will be delivered again', {
          messageId: record.messageId,
          error: error instanceof Error ? error : String(error),
        })
        work.failed?.(record.messageId, error)
        return [{ itemIdentifier: record.messageId }]
      }
    }),
  )
  return { batchItemFailures: failed.flat() }
}
