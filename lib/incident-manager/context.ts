// What an operation works with: who calls, when, where things are kept, and how a page or a notification leaves.
import type { Logger } from '@aws-lambda-powertools/logger'
import type { Place } from '../aws/arn.ts'
import type { Clock } from '../aws/clock.ts'
import type { Measure } from '../aws/measures.ts'
import type { Table } from '../aws/table/table.ts'
import type { Delivery } from './delivery/delivery.ts'
import type { StartRunbook } from './delivery/runbooks.ts'
import type { PageTokens } from './store/page-tokens.ts'

export interface Context {
  readonly clock: Clock
  readonly place: Place
  /** The ARN of who calls; of the service itself when it works on its own. */
  readonly caller: string
  readonly table: Table
  readonly pageTokens: PageTokens
  readonly delivery: Delivery
  /** How runbooks are started; `later` leaves them to the function that can. None where they are switched off. */
  readonly runbooks?: StartRunbook | 'later'
  /** The topic that alarms publish to: no plan may notify it. Unknown where none is said. */
  readonly alarmTopicArn?: string
  readonly logger: Logger
  readonly measure: Measure
}

/** One API action. `Input` and `Output` are the SDK client's `<Name>CommandInput` and `<Name>CommandOutput`. */
export type Operation<Input, Output> = (input: Input, context: Context) => Promise<Omit<Output, '$metadata'>>
