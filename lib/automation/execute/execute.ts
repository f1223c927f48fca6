// Commands become calls of the incident manager, through the official clients: one exhaustive switch.
import type { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import type { Command, Outcome, TellLastResort } from '../decide/command.ts'
import type { Place } from '../../aws/arn.ts'
import { addRelatedItem, addTimelineEvent, startIncident, updateIncident } from './incident-commands.ts'
import type { Pace } from './pace.ts'

export interface Execute {
  /**
   * Whether it can be done, and by this function: a timeline event waits for its incident, and what a function has no
   * client for it leaves to the sweep.
   */
  can(command: Command, incidentArn: string | undefined): boolean
  /** Throws what is worth another try. `incidentArn` is for a command that was decided before its incident had one. */
  run(command: Command, incidentArn: string | undefined): Promise<Outcome>
}

export type ContactCommand = Extract<Command, { type: 'start-engagement' | 'stop-engagement' | 'accept-page' }>
export type RunContactCommand = (command: ContactCommand) => Promise<void>
export type RunLastResort = (command: TellLastResort) => Promise<void>

/** What only some functions can do, because only they carry the clients for it; and at what pace calls are made. */
export interface Means {
  readonly contacts?: RunContactCommand
  readonly lastResort?: RunLastResort
  readonly pace?: Pace
  /** What it leaves to the sweep although it could: it needs no right to do it. */
  readonly leaves?: readonly Command['type'][]
}

/** What the incident manager refuses once it will refuse again. */
const REFUSED = [
  'ValidationException',
  'ResourceNotFoundException',
  'ServiceQuotaExceededException',
  'ConflictException',
]
/** A plan may be closed to us while another is not. */
const START_REFUSED = [...REFUSED, 'AccessDeniedException']

export function executeWith(
  incidents: SSMIncidentsClient,
  place: Place,
  { contacts, lastResort, pace, leaves = [] }: Means = {},
): Execute {
  const call = async (command: Command, incidentArn: string | undefined): Promise<string | undefined> => {
    switch (command.type) {
      case 'start-incident':
        await pace?.turn('StartIncident')
        return startIncident(incidents, place, command)
      case 'add-timeline-event':
        await pace?.turn('CreateTimelineEvent')
        return addTimelineEvent(incidents, command, incidentArn)
      case 'add-related-item':
        return addRelatedItem(incidents, command, incidentArn)
      case 'update-incident':
        return updateIncident(incidents, command)
      case 'start-engagement':
      case 'stop-engagement':
      case 'accept-page':
        await contacts?.(command)
        return undefined
      case 'tell-last-resort':
        await lastResort?.(command)
        return undefined
    }
  }
  return {
    can: (command, incidentArn) => {
      if (leaves.includes(command.type)) return false
      switch (command.type) {
        case 'add-timeline-event':
        case 'add-related-item':
          return (command.incidentArn ?? incidentArn) !== undefined
        case 'start-engagement':
        case 'stop-engagement':
        case 'accept-page':
          return contacts !== undefined
        case 'tell-last-resort':
          return lastResort !== undefined
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
        const refused = command.type === 'start-incident' ? START_REFUSED : REFUSED
        if (!(error instanceof Error) || !refused.includes(error.name)) throw error
        return { key: command.key, done: false, because: `${error.name}: ${error.message}` }
      }
    },
  }
}
