// Writes that may find that somebody was faster: what is then to be done is the caller's next line, not an error.
import { type Change, type Condition, ConditionFailed, type Item, type Key, type Table } from '../../aws/table/table.ts'

/** Whether the item was put: false when the condition does not hold. */
export const putIf = async (table: Table, item: Item, condition: Condition): Promise<boolean> =>
  (await unlessConditionFailed(table.put(item, condition).then(() => true))) ?? false

/** The item as it is after the update; undefined when the condition does not hold. */
export const updateIf = (table: Table, key: Key, change: Change, condition: Condition): Promise<Item | undefined> =>
  unlessConditionFailed(table.update(key, change, condition))

/** Whether the item was deleted: false when the condition does not hold. */
export const deleteIf = async (table: Table, key: Key, condition: Condition): Promise<boolean> =>
  (await unlessConditionFailed(table.delete(key, condition).then(() => true))) ?? false

async function unlessConditionFailed<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write
  } catch (error) {
    if (error instanceof ConditionFailed) return undefined
    throw error
  }
}
