// UntagResource: removes tags by their keys; removing what is not there changes nothing.
import type { UntagResourceCommandInput, UntagResourceCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { changeTags, withoutTags } from '../../store/tags.ts'
import { given } from './given.ts'
import { taggedItem, taggedResource } from './tagged-item.ts'

export const untagResource: Operation<UntagResourceCommandInput, UntagResourceCommandOutput> = async (
  input,
  context,
) => {
  const arn = given(input.resourceArn, 'resourceArn')
  const keys = given(input.tagKeys, 'tagKeys')
  await changeTags(
    context.table,
    taggedResource(arn),
    () => taggedItem(context, arn),
    (tags) => withoutTags(tags, keys),
  )
  return {}
}
