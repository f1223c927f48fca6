// Queue records, each on its own: processed once per identity by Powertools, and a failure of one returns only that one.
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence'
import type { Logger } from '@aws-lambda-powertools/logger'
import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda'
import type { Measure } from './measures.ts'
import type { RecordFailed } from './runtime.ts'

export interface RecordWork<Input> {
  /** Sets the records of one function apart from those of another. */
  readonly keyPrefix: string
  /** What the record is about; throws when it cannot be read. */
  readonly parse: (record: SQSRecord) => Input
  /** What names the event itself, so that the same one delivered again is the same. */
  readonly identity: (input: Input) => string
  /** Whether anything follows from it: what does not matter costs no write. Without this, all do. */
  readonly matters?: (input: Input) => boolean
  readonly process: (input: Input) => Promise<void>
  /** Is told of what cannot be read, before the record fails; does not throw. */
  readonly unreadable?: (record: SQSRecord, error: unknown) => Promise<void>
  readonly persistence: BasePersistenceLayer
  readonly logger: Logger
  readonly measure: Measure
  readonly failed: RecordFailed | undefined
}

interface Named<Input> {
  readonly identity: string
  readonly input: Input
  /** Whether it was processed now, not before. */
  isNews: boolean
}

const REMEMBER_SECONDS = 24 * 60 * 60

/** Answers which records of a batch failed; the queue delivers those again and, in the end, to its dead-letter queue. */
export function recordProcessor<Input>(
  work: RecordWork<Input>,
): (records: readonly SQSRecord[], context: Context) => Promise<SQSBatchResponse> {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'identity',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: REMEMBER_SECONDS,
  })
  const { keyPrefix, persistence, logger, measure } = work
  const once = makeIdempotent(
    (named: Named<Input>) => {
      named.isNews = true
      return work.process(named.input)
    },
    { persistenceStore: persistence, keyPrefix, config },
  )
  const readable = async (record: SQSRecord): Promise<Input> => {
    try {
      return work.parse(record)
    } catch (error) {
      await work.unreadable?.(record, error)
      throw error
    }
  }
  const processed = async (record: SQSRecord): Promise<SQSBatchResponse['batchItemFailures']> => {
    try {
      const input = await readable(record)
      if (work.matters?.(input) === false) return []
      const named: Named<Input> = { identity: work.identity(input), input, isNews: false }
      await once(named)
      if (!named.isNews) measure('Deduplicated')
      return []
    } catch (error) {
      logger.error('A record could not be processed and will be delivered again', {
        messageId: record.messageId,
        error: error instanceof Error ? error : String(error),
      })
      measure('Failures')
      work.failed?.(record.messageId, error)
      return [{ itemIdentifier: record.messageId }]
    }
  }
  return async (records, context) => {
    config.registerLambdaContext(context)
    return { batchItemFailures: (await Promise.all(records.map(processed))).flat() }
  }
}
