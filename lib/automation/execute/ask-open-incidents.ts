// Which incidents are open, whoever opened them: a page of them, asked of the incidents client.
import { type Filter, ListIncidentRecordsCommand, type SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import type { OpenIncident } from '../decide/adopt.ts'

export interface OpenPage {
  readonly incidents: readonly OpenIncident[]
  /** There is more behind it; a page may be short, or empty, and still have one. */
  readonly cursor?: string
}

export interface OpenQuery {
  readonly createdAfter?: Date
  readonly createdBefore?: Date
  readonly cursor?: string
}

const PAGE = 100
/** With all its tries: the sweep must be able to end, and the next one asks again. */
const LONGEST_MS = 4000

/** Newest first. Without a replication set there is nothing to list. A cursor that is no longer taken begins anew. */
export async function askOpenIncidents(client: SSMIncidentsClient, query: OpenQuery): Promise<OpenPage> {
  const { createdAfter, createdBefore, cursor } = query
  const filters: Filter[] = [
    { key: 'status', condition: { equals: { stringValues: ['OPEN'] } } },
    ...(createdAfter ? [{ key: 'creationTime', condition: { after: createdAfter } }] : []),
    ...(createdBefore ? [{ key: 'creationTime', condition: { before: createdBefore } }] : []),
  ]
  try {
    const answer = await client.send(
      new ListIncidentRecordsCommand({ filters, maxResults: PAGE, ...(cursor ? { nextToken: cursor } : {}) }),
      { abortSignal: AbortSignal.timeout(LONGEST_MS) },
    )
    if (!answer.incidentRecordSummaries) throw new Error('ListIncidentRecords answered no list')
    const incidents = answer.incidentRecordSummaries.flatMap((summary): OpenIncident[] => {
      const { arn, title = '', creationTime: createdAt, incidentRecordSource } = summary
      const plan = arn && planOf(arn)
      if (!plan || !createdAt || summary.status !== 'OPEN') return []
      const { source = '', resourceArn, createdBy } = incidentRecordSource ?? {}
      const known = { ...(resourceArn ? { resourceArn } : {}), ...(createdBy ? { createdBy } : {}) }
      return [{ arn, plan, title, createdAt, source, ...known }]
    })
    return { incidents, ...(answer.nextToken ? { cursor: answer.nextToken } : {}) }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (error.name === 'ResourceNotFoundException') return { incidents: [] }
    if (error.name !== 'ValidationException' || !cursor) throw error
    return askOpenIncidents(client, { ...query, cursor: '' })
  }
}

/** `...:incident-record/<plan's name>/<id>` belongs to `...:response-plan/<plan's name>`. */
function planOf(arn: string): string | undefined {
  const [, account, name] = /^(arn:[^:]+:ssm-incidents::\d{12}:)incident-record\/([^/]+)\/[^/]+$/u.exec(arn) ?? []
  return account && name && `${account}response-plan/${name}`
}
