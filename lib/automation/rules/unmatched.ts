// What no rule matches, by what it is: an alarm, what somebody has sent to wake people, or any other event of AWS.
import type { Signal } from '../sources/signal.ts'

export type Sort = 'alarms' | 'sent' | 'aws'
export type Unmatched = Readonly<Record<Sort, 'open' | 'ignore'>>

/** Where the rules file says nothing. */
export const UNMATCHED: Unmatched = { alarms: 'open', sent: 'open', aws: 'ignore' }

/** Events of partners arrive only where somebody has connected the partner. */
const OF_AWS = /^aws\.(?!partner\/)/u

/** An alarm is one by whatever road it came. */
export function sortOf(signal: Signal): Sort {
  if (signal.kind !== 'event') return 'alarms'
  return !signal.sent && OF_AWS.test(signal.envelope.source) ? 'aws' : 'sent'
}
