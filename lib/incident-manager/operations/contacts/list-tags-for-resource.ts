// ListTagsForResource: the tags of a contact or a rotation.
import type { ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { tagsIn } from '../../store/tags.ts'
import { given } from '../incidents/given.ts'
import { taggedItem } from './tagged-item.ts'

export const listTagsForResource: Operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput> = async (
  input,
  { table },
) => {
  const tags = tagsIn(await taggedItem(table, given(input.ResourceARN, 'resourceARN')))
  return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
}
