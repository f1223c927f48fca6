// Every minute: what is due of open incidents (unfinished claims, paging anew, escalating, resolving, looking again).
import { contactsClient } from '../lib/aws/clients/contacts.ts'
import { incidentsClient } from '../lib/aws/clients/incidents.ts'
import { place, required } from '../lib/aws/config.ts'
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { contactCommands } from '../lib/automation/execute/contact-commands.ts'
import { executeWith } from '../lib/automation/execute/execute.ts'
import { onTick } from '../lib/automation/on-tick.ts'
import { episodesIn } from '../lib/automation/state/episodes.ts'
import { Turns } from '../lib/automation/state/turns.ts'

export const handler = lambdaHandler(
  'sweep',
  (runtime, logger) => {
    const { environment, clock } = runtime
    const clients = { incidents: incidentsClient(runtime), contacts: contactsClient(runtime) }
    const where = place(environment)
    const execute = executeWith(clients.incidents, where, contactCommands(clients.contacts, where))
    const episodes = episodesIn(runtime.table(required(environment, 'TOCSIN_EPISODES_TABLE')), clock)
    return { desk: { clock, episodes, execute, logger, turns: new Turns() }, clients, where }
  },
  async (_event: object, { desk, clients, where }) => {
    for (const key of await desk.episodes.due())
      try {
        await onTick(desk, clients, where, key)
      } catch (error) {
        desk.logger.error('An episode could not be swept; the next sweep tries again', { episode: key, error })
      }
  },
)
