// Queue records, each on its own: processed once per identity by Powertools, and a failure of one returns only that one.
import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency'
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

/** How often a queue delivers a message before it is a dead letter: `maxReceiveCount` in functions/intake.yml. */
const MOST_TRIES = 5

/** Answers which records of a batch failed; the queue delivers those again and, in the end, to its dead-letter queue. */
export function recordProcessor<Input>(
  work: RecordWork<Input>,
): (records: readonly SQSRecord[], context: Context) => Promise<SQSBatchResponse> {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'identity',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: REMEMBER_SECONDS,
  })
  const { keyPrefix, persistence, measure } = work
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
  const processed = async (record: SQSRecord, others: Map<string, Promise<unknown>>): Promise<boolean> => {
    try {
      const input = await readable(record)
      if (work.matters?.(input) === false) return true
      const named: Named<Input> = { identity: work.identity(input), input, isNews: false }
      // The same event twice in a batch is processed by one of the two: what becomes of that one becomes of both.
      const before = others.get(named.identity)
      const processing = before ?? once(named)
      others.set(named.identity, processing)
      await processing
      if (!named.isNews) measure('Deduplicated')
      return true
    } catch (error) {
      tell(work, record, error)
      return false
    }
  }
  return async (records, context) => {
    config.registerLambdaContext(context)
    const others = new Map<string, Promise<unknown>>()
    const succeeded = await Promise.all(records.map((record) => processed(record, others)))
    return {
      batchItemFailures: records
        .filter((_, at) => !succeeded[at])
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    }
  }
}

/** Says only what comes true: after its last try a message is delivered to nobody. */
function tell<Input>({ logger, measure, failed }: RecordWork<Input>, record: SQSRecord, error: unknown): void {
  const { messageId, attributes } = record
  failed?.(messageId, error)
  if (error instanceof IdempotencyAlreadyInProgressError)
    // No failure: if that one fails, this one is what is left of the event, so it must come again.
    return logger.debug('The same event is being processed at the moment', { messageId })
  const isLast = Number(attributes.ApproximateReceiveCount) >= MOST_TRIES
  logger.error(
    isLast
      ? 'A record could not be processed and goes to the dead letters'
      : 'A record could not be processed and will be delivered again',
    { messageId, error: error instanceof Error ? error : String(error) },
  )
  measure('Failures')
}
