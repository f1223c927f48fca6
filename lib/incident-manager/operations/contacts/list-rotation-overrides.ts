// ListRotationOverrides: those of a rotation that count within a span of time, by when they end.
import type {
  ListRotationOverridesCommandInput,
  ListRotationOverridesCommandOutput,
} from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { rotationKey } from '../../store/keys.ts'
import { listPage } from '../../store/lists.ts'
import { overridesFrom, readOverride, requireRotation } from '../../store/rotations.ts'
import { given } from '../incidents/given.ts'
import { overrideOut } from './rotation-out.ts'
import { checkWindow } from './rotation-rules.ts'

/** An override that only touches the span is not within it. */
export const listRotationOverrides: Operation<
  ListRotationOverridesCommandInput,
  ListRotationOverridesCommandOutput
> = async (input, context) => {
  const from = given(input.StartTime, 'startTime')
  const to = given(input.EndTime, 'endTime')
  checkWindow(from, to)
  const { id, arn } = await requireRotation(context.table, given(input.RotationId, 'rotationId'))
  const { items, nextToken } = await listPage(context, {
    scope: ['ListRotationOverrides', arn, from.toISOString(), to.toISOString()].join(' '),
    partition: rotationKey(id).pk,
    range: overridesFrom(from),
    order: 'ascending',
    maxResults: input.MaxResults || undefined,
    nextToken: input.NextToken,
    matches: (item) => {
      const { startTime, endTime } = readOverride(item)
      return startTime < to && from < endTime
    },
  })
  return { NextToken: nextToken, RotationOverrides: items.map(readOverride).map(overrideOut) }
}
