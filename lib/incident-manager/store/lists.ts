// A page of a list: read in index order, filtered, and continued by a token that only the same list takes.
import type { Item, Query, Range } from '../../aws/table/table.ts'
import type { Context } from '../context.ts'

export interface ListQuery {
  /** What the token is good for: the operation and everything that decides which items are listed. */
  readonly scope: string
  /** Without one, the table itself: it is read consistently. */
  readonly index?: 'list' | 'list2' | undefined
  readonly partition: string
  readonly range?: Range | undefined
  readonly order: 'ascending' | 'descending'
  readonly maxResults?: number | undefined
  readonly nextToken?: string | undefined
  readonly matches?: ((item: Item) => boolean) | undefined
}

const DEFAULT_MAX_RESULTS = 50
/** How many reads a filtered page makes at most; it may then be short, with a token to go on. */
const READS = 10

/** Items in order, at most `maxResults`; `nextToken` is there when there may be more. */
export async function listPage(context: Context, list: ListQuery): Promise<{ items: Item[]; nextToken?: string }> {
  const { scope, index, partition, range, order, matches = () => true } = list
  const wanted = list.maxResults ?? DEFAULT_MAX_RESULTS
  const items: Item[] = []
  let after = list.nextToken ? await context.pageTokens.open(scope, list.nextToken) : undefined
  for (let read = 0; read < READS && items.length < wanted; read++) {
    const query: Query = {
      ...(index ? { index } : {}),
      partition,
      ...(range ? { range } : {}),
      order,
      limit: wanted - items.length,
      ...(after === undefined ? {} : { after }),
    }
    const page = await context.table.query(query)
    items.push(...page.items.filter(matches))
    after = page.after
    if (after === undefined) return { items }
  }
  return { items, ...(after === undefined ? {} : { nextToken: await context.pageTokens.seal(scope, after) }) }
}
