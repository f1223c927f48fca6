// How a query of the table port is asked in SQL: always one seek in one index, and on from where a page ended.
import type { SQLInputValue } from 'node:sqlite'
import type { Item, Page, Query, Value } from './table.ts'

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The SQL of an attribute: as SQL text it must be the same in an index and in the query that is to use it. */
export const columnOf = (attribute: string): string =>
  attribute === 'pk' || attribute === 'sk'
    ? attribute
    : `json_extract(doc, '$.${JSON.stringify(attribute).replaceAll("'", "''")}')`

/** Texts compare byte by byte in UTF-8, which is DynamoDB's order too. One row more than the limit tells whether there is more. */
export function select(
  table: string,
  order: { readonly partition: string; readonly range: string },
  query: Query,
): { sql: string; values: SQLInputValue[] } {
  const range = columnOf(order.range)
  const descending = query.order === 'descending'
  const conditions: string[] = []
  const values: SQLInputValue[] = []
  const and = (condition: string, ...more: readonly SQLInputValue[]): void => {
    conditions.push(condition)
    values.push(...more)
  }
  and(`${columnOf(order.partition)} = ?`, query.partition)
  and(`${range} IS NOT NULL`)
  const last = query.after === undefined ? undefined : lastOf(query.after)
  const bounds = boundsOf(query)
  // A page that goes on begins where the one before ended: that is the bound to seek by.
  const from = last && !descending ? last.range : bounds.from
  const to = last && descending ? last.range : bounds.to
  if (from !== undefined) and(`${range} >= ?`, from)
  if (to !== undefined) and(`${range} <= ?`, to)
  else if (bounds.below !== undefined) and(`${range} < ?`, bounds.below)
  if (last) and(`(${range}, pk, sk) ${descending ? '<' : '>'} (?, ?, ?)`, last.range, last.pk, last.sk)
  const by = [range, 'pk', 'sk'].map((column) => `${column}${descending ? ' DESC' : ''}`).join(', ')
  const rows = `SELECT pk, sk, doc, ${range} AS range FROM ${table} WHERE ${conditions.join(' AND ')} ORDER BY ${by}`
  if (query.limit === undefined) return { sql: rows, values }
  return { sql: `${rows} LIMIT ?`, values: [...values, query.limit + 1] }
}

/** The page that these rows are, and where the next one goes on. */
export function pageOf(
  rows: readonly Record<string, unknown>[],
  limit: number | undefined,
  parse: (row: Record<string, unknown>) => Item,
): Page {
  const shown = rows.slice(0, limit)
  const last = rows.length > shown.length ? shown.at(-1) : undefined
  return {
    items: shown.map(parse),
    ...(last ? { after: { range: String(last['range']), pk: String(last['pk']), sk: String(last['sk']) } } : {}),
  }
}

/** Both ends inclusive, but `below`, which takes the place of `to`. */
function boundsOf({ range }: Query): { from?: string; to?: string; below?: string | undefined } {
  if (!range) return {}
  return 'prefix' in range ? { from: range.prefix, below: successorOf(range.prefix) } : range
}

/** The first text, in order, that is behind all those with this prefix; undefined when there is none. */
function successorOf(prefix: string): string | undefined {
  const points = Array.from(prefix.toWellFormed(), (character) => character.codePointAt(0) ?? 0)
  while (points.at(-1) === 0x10ffff) points.pop()
  const last = points.pop()
  // No text holds half of a surrogate pair: behind the last point before them comes the first one after.
  return last === undefined ? undefined : String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
}

function lastOf(after: Value): { range: string; pk: string; sk: string } {
  if (typeof after === 'object' && after !== null && !Array.isArray(after)) {
    const { range, pk, sk } = after
    if (typeof range === 'string' && typeof pk === 'string' && typeof sk === 'string') return { range, pk, sk }
  }
  throw new Error('A query goes on from where no page ended')
}
