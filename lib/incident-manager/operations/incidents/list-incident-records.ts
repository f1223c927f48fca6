// ListIncidentRecords: newest first, filtered by creationTime, impact, status and createdBy.
import type { ListIncidentRecordsCommandInput, ListIncidentRecordsCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { type Incident, readIncident } from '../../store/incidents.ts'
import { INCIDENTS } from '../../store/keys.ts'
import { listPage } from '../../store/lists.ts'
import { type Filterable, selection } from './filters.ts'

const KEYS: Readonly<Record<string, Filterable<Incident>>> = {
  creationTime: { kind: 'time', of: ({ creationTime }) => creationTime, sorted: true },
  impact: { kind: 'integers', of: ({ impact }) => [impact] },
  status: { kind: 'strings', of: ({ status }) => [status] },
  createdBy: { kind: 'strings', of: ({ createdBy }) => [createdBy] },
}

export const listIncidentRecords: Operation<ListIncidentRecordsCommandInput, ListIncidentRecordsCommandOutput> = async (
  { filters = [], maxResults, nextToken },
  context,
) => {
  const { matches, range } = selection(filters, KEYS)
  const page = await listPage(context, {
    scope: `ListIncidentRecords ${JSON.stringify(filters)}`,
    index: 'list',
    partition: INCIDENTS,
    range,
    order: 'descending',
    maxResults,
    nextToken,
    matches: matches && ((item) => matches(readIncident(item))),
  })
  const incidents = page.items.map(readIncident)
  return {
    incidentRecordSummaries: incidents.map(
      ({ arn, title, status, impact, creationTime, resolvedTime, createdBy, source, resourceArn }) => ({
        arn,
        title,
        status,
        impact,
        creationTime,
        resolvedTime,
        incidentRecordSource: { createdBy, source, resourceArn },
      }),
    ),
    nextToken: page.nextToken,
  }
}
