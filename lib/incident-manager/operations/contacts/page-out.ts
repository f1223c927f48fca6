// A page as lists show it, and the lists of them.
import type { Context } from '../../context.ts'
import { listPage } from '../../store/lists.ts'
import { type Page, readPage } from '../../store/pages.ts'

export const pageOut = (page: Page) => ({
  PageArn: page.arn,
  EngagementArn: page.engagementArn,
  ContactArn: page.contactArn,
  Sender: page.sender,
  IncidentId: page.incidentId,
  SentTime: page.sentTime,
  DeliveryTime: page.deliveryTime,
  ReadTime: page.readTime,
})

/** Newest first. `scope` names the list; `index` and `partition` are where it is kept. */
export async function pagesOut(
  context: Context,
  list: { readonly scope: string; readonly index: 'list' | 'list2'; readonly partition: string },
  input: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
) {
  const { items, nextToken } = await listPage(context, {
    ...list,
    order: 'descending',
    maxResults: input.MaxResults || undefined,
    nextToken: input.NextToken,
  })
  return { NextToken: nextToken, Pages: items.map(readPage).map(pageOut) }
}
