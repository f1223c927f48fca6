// What the sample requests and answers of AWS's API reference (56 operations) are here. Names and ARNs are those of the
// account that `furnish` makes. Repaired: `%3A%3A` in paths, strings that were wrapped, instants (the wire has epoch seconds),
// what has no value (`null` is the CLI's, and so is `{}` where the status is 204), GetTimelineEvent's JSON, and
// DeleteTimelineEvent's path and body, which were UpdateTimelineEvent's.
import type { Furnished } from './account.ts'

/** What a sample speaks of. */
export interface There extends Furnished {
  /** The codes that were sent with the page, and last to activate a channel. */
  readonly code: string
  readonly activationCode: string
  /** Of an event of the type `SSM Incident Record Update`. */
  readonly updateEvent: string
  /** The second page of the response plans. */
  readonly token: string
}

export interface Sample {
  readonly operation: string
  /** `POST /startIncident`, or the contacts API's `x-amz-target`. */
  readonly line: string
  readonly body?: object
  /** Samples that come before. */
  readonly after?: readonly string[]
  readonly status: number
  readonly answer?: object
  /** Members that Tocsin's answer has besides the sample's, all in today's model. */
  readonly more?: readonly string[]
  /** Members of the sample that Tocsin's answer has not. */
  readonly less?: readonly string[]
}

/** When everything in the samples was. */
export const AT = 1628634837.849
