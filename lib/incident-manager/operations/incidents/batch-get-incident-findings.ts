// BatchGetIncidentFindings: the findings of these ids. There are none, so each id is an error.
import type {
  BatchGetIncidentFindingsCommandInput,
  BatchGetIncidentFindingsCommandOutput,
} from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { getIncident } from '../../store/incidents.ts'
import { given } from './given.ts'

/** ResourceNotFound when there is no such incident. */
export const batchGetIncidentFindings: Operation<
  BatchGetIncidentFindingsCommandInput,
  BatchGetIncidentFindingsCommandOutput
> = async (input, { table }) => {
  await getIncident(table, given(input.incidentRecordArn, 'incidentRecordArn'))
  const ids = new Set(given(input.findingIds, 'findingIds'))
  return {
    findings: [],
    // AWS documents neither the codes nor the messages [inferred].
    errors: [...ids].map((findingId) => ({
      findingId,
      code: 'ResourceNotFoundException',
      message: `Finding not found: ${findingId}`,
    })),
  }
}
