// The indexes of Tocsin's tables: their names and attributes are the same in every table that has them (serverless.yml).
import type { Indexes } from './table.ts'

/**
 * `due`: what has something to do at an instant. `incident`: episodes by their incident. `list` and `list2`: the orders in
 * which things are listed. An item is in an index when it has both of its attributes.
 */
export const INDEXES = {
  due: { partition: 'dueShard', range: 'dueAt' },
  incident: { partition: 'incidentArn', range: 'pk' },
  list: { partition: 'listKey', range: 'listSort' },
  list2: { partition: 'list2Key', range: 'list2Sort' },
} as const satisfies Indexes
