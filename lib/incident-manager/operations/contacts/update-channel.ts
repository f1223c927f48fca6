// Writes some members of a channel, if it is still there.
import { ConditionFailed, type Table } from '../../../aws/table/table.ts'
import { type Channel, channelNotFound, readChannel } from '../../store/contacts.ts'
import { channelKey } from '../../store/keys.ts'
import { encodeMembers } from '../../store/stored.ts'

type Changes = Partial<Omit<Channel, 'alias' | 'id' | 'arn'>>

/** Answers the channel as it is after; a member that is undefined is removed. Errors: ResourceNotFound when it is gone. */
export async function updateChannel(table: Table, { alias, id, arn }: Channel, changes: Changes): Promise<Channel> {
  const remove = Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [name] : []))
  try {
    const change = { set: encodeMembers(changes), remove }
    return readChannel(await table.update(channelKey(alias, id), change, { equals: { arn } }))
  } catch (error) {
    throw error instanceof ConditionFailed ? channelNotFound(arn) : error
  }
}
