// GetIncidentRecord: what is known of one incident.
import type { GetIncidentRecordCommandInput, GetIncidentRecordCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { getIncident, readIncident } from '../../store/incidents.ts'
import { given } from './given.ts'

export const getIncidentRecord: Operation<GetIncidentRecordCommandInput, GetIncidentRecordCommandOutput> = async (
  input,
  { table },
) => {
  const incident = readIncident(await getIncident(table, given(input.arn, 'arn')))
  const { arn, title, summary, status, impact, dedupeString, chatChannel } = incident
  const { notificationTargets = [], automationExecutions = [] } = incident
  const { creationTime, resolvedTime, lastModifiedTime, lastModifiedBy, createdBy, source, resourceArn } = incident
  return {
    incidentRecord: {
      arn,
      title,
      summary,
      status,
      impact,
      creationTime,
      resolvedTime,
      lastModifiedTime,
      lastModifiedBy,
      automationExecutions,
      incidentRecordSource: { createdBy, source, resourceArn },
      dedupeString,
      chatChannel,
      notificationTargets,
    },
  }
}
