// ListIncidentFindings: what may have caused an incident. Nothing looks for findings, so there are none.
import type { ListIncidentFindingsCommandInput, ListIncidentFindingsCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { getIncident } from '../../store/incidents.ts'
import { given } from './given.ts'

/** ResourceNotFound when there is no such incident. */
export const listIncidentFindings: Operation<
  ListIncidentFindingsCommandInput,
  ListIncidentFindingsCommandOutput
> = async ({ incidentRecordArn, nextToken }, { table, pageTokens }) => {
  const arn = given(incidentRecordArn, 'incidentRecordArn')
  await getIncident(table, arn)
  // No page has a next one: whatever is said to be its token is refused.
  if (nextToken) await pageTokens.open(`ListIncidentFindings ${arn}`, nextToken)
  return { findings: [] }
}
