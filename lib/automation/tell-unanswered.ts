// What a sweep found that nobody answers is told to the last resort: one message with the list, then written down as told.
import { asTold, type Unanswered, unansweredMessage } from './decide/unanswered.ts'
import { type Desk, work } from './state/work.ts'

/** After a crash between the two it is told twice. Throws what the next sweep tries again. */
export async function tellUnanswered(desk: Desk, all: readonly Unanswered[]): Promise<void> {
  if (!all.length) return
  const now = desk.clock.now()
  const command = unansweredMessage(all, now)
  if (!desk.execute.can(command, undefined)) return
  await desk.execute.run(command, undefined)
  desk.logger.warn('The last resort was told', { subject: command.subject, incidents: all.length })
  for (const one of all)
    await work(
      desk,
      one.key,
      () => desk.episodes.load(one.key),
      async (episode) => asTold(episode, one, now),
    )
}
