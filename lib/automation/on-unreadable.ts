// What nobody can read wakes somebody all the same: by an incident of its own, and where even that fails by the last resort.
import { wordless } from './decide/storm.ts'
import { follow, type Intake } from './on-signal.ts'
import { MalformedInput } from './sources/signal.ts'
import { type Unread, unreadable } from './sources/unreadable.ts'
import { recordTrouble } from './state/troubles.ts'

/** The sweep tells of it for so long: whoever is told then looks among the dead letters. */
const STANDS_SECONDS = 3600

/**
 * Never throws: the message fails as it did, is delivered again, and ends among the dead letters, from where it can be
 * redriven. The same message again changes nothing. What is wrong otherwise than by the message itself is no matter of this.
 */
export async function onUnreadable(intake: Intake, message: Unread, error: unknown): Promise<void> {
  if (!(error instanceof MalformedInput)) return
  const { desk, table, home, rules } = intake
  const { account, region } = home
  const now = desk.clock.now()
  const signal = unreadable(message, error, { account, region }, now)
  try {
    await follow(intake, signal, { kind: 'rule', rule: wordless(rules().otherwise) })
  } catch (failure) {
    desk.logger.error('No incident for a message that cannot be read; the last resort is told', { error: failure })
    const { key, title, text } = signal.about
    const trouble = { id: key, subject: title.toUpperCase(), message: text, standsForSeconds: STANDS_SECONDS }
    try {
      await recordTrouble(table, trouble, now)
    } catch (cause) {
      desk.logger.error('The last resort cannot be told of a message that cannot be read', { error: cause })
    }
  }
}
