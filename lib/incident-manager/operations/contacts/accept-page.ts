// AcceptPage: a page has been delivered or read; who has read it is not paged again for that incident.
import type { AcceptPageCommandInput, AcceptPageCommandOutput } from '@aws-sdk/client-ssm-contacts'
import { ConditionFailed, type Table, type Value } from '../../../aws/table/table.ts'
import type { Operation } from '../../context.ts'
import { ValidationFailed } from '../../errors.ts'
import { dueShard } from '../../../aws/table/due.ts'
import { contactsResource } from '../../store/contacts.ts'
import { incidentIdOf } from '../../store/incidents.ts'
import { channelKey, pageKey } from '../../store/keys.ts'
import { hasReceipt, type Page, readPage, receipt, receiptAttribute, requirePageItem } from '../../store/pages.ts'
import { given } from '../incidents/given.ts'
import { sameCode } from './codes.ts'
import { finishAccept, finishDue } from './finish-accept.ts'

/** Errors: ValidationFailed for a channel that is not the person's; the one that was paged is taken though it has gone. */
async function checkChannel(table: Table, arn: string, { contactArn, channelArn }: Page): Promise<void> {
  if (arn === channelArn) return
  const named = contactsResource(arn)
  const own = named?.kind === 'contact-channel' && named.alias === contactsResource(contactArn)?.alias
  const item = own ? await table.get(channelKey(named.alias, named.id)) : undefined
  if (item?.['arn'] !== arn)
    throw new ValidationFailed(`Invalid value provided - ${arn} is no channel of ${contactArn}`)
}

/** How a note begins by which Tocsin's automation accepts what a person has answered on another channel. */
const BY_TOCSIN = 'Accepted by Tocsin'

/**
 * The code is checked unless the caller says IGNORE [inferred: AWS does not document the default]. READ writes a
 * DELIVERED and a READ receipt; DELIVERED only its own, and stops nothing. Accepting again changes nothing.
 */
export const acceptPage: Operation<AcceptPageCommandInput, AcceptPageCommandOutput> = async (input, context) => {
  const { table, clock } = context
  const arn = given(input.PageId, 'pageId')
  const code = given(input.AcceptCode, 'acceptCode')
  const item = await requirePageItem(table, arn)
  const page = readPage(item)
  if (input.AcceptCodeValidation !== 'IGNORE' && !sameCode(code, page.code))
    throw new ValidationFailed('Invalid value provided - the accept code does not match the code of the page')
  if (input.ContactChannelId !== undefined) await checkChannel(table, input.ContactChannelId, page)
  const machine = input.Note?.startsWith(BY_TOCSIN) ? input.Note : undefined
  const key = pageKey(page.id)
  if (page.readTime) {
    if (page.owed) await finishAccept(context, page)
    return {}
  }
  if (input.AcceptType === 'DELIVERED' && hasReceipt(item, 'delivered')) return {}
  const at = clock.now()
  const received = { at, channelArn: input.ContactChannelId, info: input.Note ?? code }
  const delivered: Record<string, Value> = hasReceipt(item, 'delivered')
    ? {}
    : {
        deliveryTime: at.toISOString(),
        [receiptAttribute('delivered')]: receipt({ type: 'DELIVERED', ...received }),
      }
  if (input.AcceptType === 'DELIVERED') {
    await table.update(key, { set: delivered }, { equals: { arn } })
    return {}
  }
  const read: Record<string, Value> = {
    ...delivered,
    readTime: at.toISOString(),
    ...(machine ? { acceptedByMachine: machine } : {}),
    [receiptAttribute('read')]: receipt({ type: 'READ', ...received }),
    owed: ['acknowledge'],
    dueShard: dueShard(key.pk),
    dueAt: finishDue(at).toISOString(),
  }
  try {
    await table.update(key, { set: read }, { equals: { arn, readTime: undefined } })
  } catch (error) {
    // Somebody else has just accepted it.
    if (!(error instanceof ConditionFailed)) throw error
    return {}
  }
  await finishAccept(context, { ...page, readTime: at, acceptedByMachine: machine })
  context.logger.info(machine ? 'A page was accepted by Tocsin' : 'A page was acknowledged', {
    correlation_id: incidentIdOf(page.incidentId ?? ''),
    contact: contactsResource(page.contactArn)?.alias,
    page: arn,
    codeChecked: input.AcceptCodeValidation !== 'IGNORE',
  })
  return {}
}
