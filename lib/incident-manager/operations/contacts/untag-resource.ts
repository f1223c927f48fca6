// UntagResource: removes tags by their keys; removing what is not there changes nothing.
import type { UntagResourceCommandInput, UntagResourceCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { changeTags, withoutTags } from '../../store/tags.ts'
import { given } from '../incidents/given.ts'
import { taggedItem, taggedResource } from './tagged-item.ts'

export const untagResource: Operation<UntagResourceCommandInput, UntagResourceCommandOutput> = async (
  input,
  { table },
) => {
  const arn = given(input.ResourceARN, 'resourceARN')
  const keys = given(input.TagKeys, 'tagKeys')
  await changeTags(
    table,
    taggedResource(arn),
    () => taggedItem(table, arn),
    (tags) => withoutTags(tags, keys),
  )
  return {}
}
