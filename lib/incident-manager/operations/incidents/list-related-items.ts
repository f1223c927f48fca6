// ListRelatedItems: what an incident is connected with, in the order in which it was added.
import type { ListRelatedItemsCommandInput, ListRelatedItemsCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { findIncident, incidentIdOf } from '../../store/incidents.ts'
import { relatedItemsKey } from '../../store/keys.ts'
import { given } from './given.ts'
import { MOST_RELATED_ITEMS, relatedItemsIn } from './related-items.ts'

/** An incident that does not exist has none [inferred: the model has no ResourceNotFoundException here]. */
export const listRelatedItems: Operation<ListRelatedItemsCommandInput, ListRelatedItemsCommandOutput> = async (
  { incidentRecordArn, maxResults = MOST_RELATED_ITEMS, nextToken },
  { table, pageTokens },
) => {
  const arn = given(incidentRecordArn, 'incidentRecordArn')
  const scope = `ListRelatedItems ${arn}`
  const after = nextToken ? await pageTokens.open(scope, nextToken) : undefined
  const id = incidentIdOf(arn) ?? ''
  const [incident, item] = await Promise.all([findIncident(table, arn), table.get(relatedItemsKey(id))])
  if (!incident || !item) return { relatedItems: [] }
  const rest = relatedItemsIn(item).filter(({ order }) => typeof after !== 'string' || order > after)
  const page = rest.slice(0, maxResults)
  const last = page.at(-1)
  return {
    relatedItems: page.map(({ identifier, title, generatedId }) => ({ identifier, title, generatedId })),
    nextToken: last && rest.length > page.length ? await pageTokens.seal(scope, last.order) : undefined,
  }
}
