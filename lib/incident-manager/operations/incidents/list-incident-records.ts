// ListIncidentRecords: newest first, filtered by creationTime, impact, status and createdBy.
import type {
  Filter,
  ListIncidentRecordsCommandInput,
  ListIncidentRecordsCommandOutput,
} from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { type Incident, readIncident } from '../../store/incidents.ts'
import { INCIDENTS, OPEN_INCIDENTS } from '../../store/keys.ts'
import { listPage } from '../../store/lists.ts'
import { type Filterable, selection } from './filters.ts'
import { isOpenOrderComplete } from './open-order.ts'

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
  const scope = `ListIncidentRecords ${JSON.stringify(filters)}`
  const inOpenOrder = `${scope} open`
  // A list that was begun in another order is ended in it.
  const open =
    areOnlyOpen(filters) &&
    (await isOpenOrderComplete(context)) &&
    (!nextToken || (await context.pageTokens.isOf(inOpenOrder, nextToken)))
  const page = await listPage(context, {
    ...(open
      ? { scope: inOpenOrder, index: 'list2', partition: OPEN_INCIDENTS }
      : { scope, index: 'list', partition: INCIDENTS }),
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

/** Whether one of the filters lets only open incidents through. */
const areOnlyOpen = (filters: readonly Filter[]): boolean =>
  filters.some(({ key, condition }) => {
    const values = key === 'status' ? condition?.equals?.stringValues : undefined
    return values?.length !== 0 && values?.every((value) => value === 'OPEN') === true
  })
