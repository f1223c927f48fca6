// What stands in the way of waking somebody is told to the last resort: one message with all of it, again every hour.
import type { Table } from '../aws/table/table.ts'
import type { TellLastResort } from './decide/command.ts'
import { MESSAGE_LENGTH } from './execute/last-resort.ts'
import { clearTrouble, isOver, isToTell, recordTold, type StandingTrouble } from './state/troubles.ts'
import type { Desk } from './state/work.ts'

/**
 * `troubles` are those that earlier runs have recorded; what has passed is forgotten. Told before it is recorded that they
 * are: after a crash between the two, twice. Throws what the next sweep tries again.
 */
export async function tellTroubles(
  { clock, execute, logger }: Desk,
  table: Table,
  troubles: readonly StandingTrouble[],
): Promise<void> {
  const now = clock.now()
  for (const { id } of troubles.filter((trouble) => isOver(trouble, now))) await clearTrouble(table, id)
  const due = thatFit(troubles.filter((trouble) => isToTell(trouble, now)))
  const [first] = due
  if (!first) return
  const subject = due.length === 1 ? first.subject : `${due.length} PROBLEMS: ${first.subject}`
  const command: TellLastResort = {
    type: 'tell-last-resort',
    key: `troubles/${now.toISOString()}`,
    reason: subject,
    subject,
    message: due.map(paragraph).join('\n\n'),
  }
  if (!execute.can(command, undefined)) return
  await execute.run(command, undefined)
  logger.warn('The last resort was told', { subject, troubles: due.map(({ id }) => id) })
  for (const trouble of due) await recordTold(table, trouble, now)
}

/** As many as one message takes; what is left is told by the next sweep. */
function thatFit(troubles: readonly StandingTrouble[]): readonly StandingTrouble[] {
  let length = 0
  const most = troubles.findIndex((trouble, at) => (length += paragraph(trouble).length + 2) > MESSAGE_LENGTH && at > 0)
  return most === -1 ? troubles : troubles.slice(0, most)
}

const paragraph = ({ subject, message, since }: StandingTrouble): string =>
  `${subject}\n${message}\nSince ${since.toISOString()}. Tocsin tells this topic every hour as long as it lasts.`
