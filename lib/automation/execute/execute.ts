// Commands become calls of the incident manager, through the official clients: one exhaustive switch.
import type { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import type { Command, Outcome } from '../decide/command.ts'
import type { Place } from '../../aws/arn.ts'
import { addTimelineEvent, startIncident, updateIncident } from './incident-commands.ts'

export interface Execute {
  /**
   * Whether it can be done, and by this function: a timeline event waits for its incident, and a function without the
   * contacts client leaves engagements to the sweep.
   */
  can(command: Command, incidentArn: string | undefined): boolean
  /** Throws what is worth another try. `incidentArn` is for a command that was decided before its incident had one. */
  run(command: Command, incidentArn: string | undefined): Promise<Outcome>
}

export type ContactCommand = Extract<Command, { type: 'start-engagement' | 'stop-engagement' | 'accept-page' }>
export type RunContactCommand = (command: ContactCommand) => Promise<void>

const REFUSED = [
  'ValidationException',
  'ResourceNotFoundException',
  'ServiceQuotaExceededException',
  'ConflictException',
]

export function executeWith(
  incidents: SSMIncidentsClient,
  place: Place,
  runContactCommand?: RunContactCommand,
): Execute {
  const call = async (command: Command, incidentArn: string | undefined): Promise<string | undefined> => {
    switch (command.type) {
      case 'start-incident':
        return startIncident(incidents, place, command)
      case 'add-timeline-event':
        return addTimelineEvent(incidents, command, incidentArn)
      case 'update-incident':
        return updateIncident(incidents, command)
      case 'start-engagement':
      case 'stop-engagement':
      case 'accept-page':
        if (!runContactCommand) throw new Error(`This function cannot ${command.type}`)
        await runContactCommand(command)
        return undefined
    }
  }
  return {
    can: (command, incidentArn) => {
      switch (command.type) {
        case 'add-timeline-event':
          return (command.incidentArn ?? incidentArn) !== undefined
        case 'start-engagement':
        case 'stop-engagement':
        case 'accept-page':
          return runContactCommand !== undefined
        case 'start-incident':
        case 'update-incident':
          return true
      }
    },
    async run(command, incidentArn) {
      try {
        const arn = await call(command, incidentArn)
        return { key: command.key, done: true, ...(arn ? { incidentArn: arn } : {}) }
      } catch (error) {
        // Nothing but a start must be tried until it works: what AWS refuses once it will refuse again.
        if (command.type === 'start-incident' || !(error instanceof Error) || !REFUSED.includes(error.name)) throw error
        return { key: command.key, done: false, because: `${error.name}: ${error.message}` }
      }
    },
  }
}
