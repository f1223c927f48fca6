// ListTagsForResource: the tags of a response plan, an incident or the replication set.
import type { ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput } from '@aws-sdk/client-ssm-incidents'
import type { Operation } from '../../context.ts'
import { tagsIn } from '../../store/tags.ts'
import { given } from './given.ts'
import { taggedItem } from './tagged-item.ts'

export const listTagsForResource: Operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput> = async (
  input,
  context,
) => ({ tags: tagsIn(await taggedItem(context, given(input.resourceArn, 'resourceArn'))) })
