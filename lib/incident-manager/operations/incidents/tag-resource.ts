// TagResource: adds tags to a response plan, an incident or the replication set; a tag of the same key is replaced.
import type { TagResourceCommandInput, TagResourceCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { changeTags, withTags } from '../../store/tags.ts'
import { given } from './given.ts'
import { taggedItem, taggedResource } from './tagged-item.ts'

/** ResourceNotFound when there is nothing of that ARN; QuotaExceeded beyond 50 tags. */
export const tagResource: Operation<TagResourceCommandInput, TagResourceCommandOutput> = async (input, context) => {
  const arn = given(input.resourceArn, 'resourceArn')
  const added = given(input.tags, 'tags')
  await changeTags(
    context.table,
    taggedResource(arn),
    () => taggedItem(context, arn),
    (tags) => withTags(tags, added),
  )
  return {}
}
