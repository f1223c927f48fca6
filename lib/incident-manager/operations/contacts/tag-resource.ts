// TagResource: adds tags to a contact or a rotation; a tag of the same key is replaced.
import type { TagResourceCommandInput, TagResourceCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { changeTags, withTags } from '../../store/tags.ts'
import { given } from '../incidents/given.ts'
import { taggedItem, taggedResource, tagsOf } from './tagged-item.ts'

/** ResourceNotFound when there is nothing of that ARN; QuotaExceeded beyond 50 tags. */
export const tagResource: Operation<TagResourceCommandInput, TagResourceCommandOutput> = async (input, { table }) => {
  const arn = given(input.ResourceARN, 'resourceARN')
  const added = tagsOf(given(input.Tags, 'tags'))
  await changeTags(
    table,
    taggedResource(arn),
    () => taggedItem(table, arn),
    (tags) => withTags(tags, added),
  )
  return {}
}
