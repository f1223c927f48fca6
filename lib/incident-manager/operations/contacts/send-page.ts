// One attempt to page one person: its item, the message, the receipt, the incident's timeline, each of them once.
import { ConditionFailed, type Item } from '../../../aws/table/table.ts'
import { uuidOf } from '../../../aws/token.ts'
import type { Context } from '../../context.ts'
import type { Sent } from '../../delivery/delivery.ts'
import type { PageCommand } from '../../engine/engagement.ts'
import { type Channel, type ContactReader, contactsResource } from '../../store/contacts.ts'
import type { Engagement } from '../../store/engagements.ts'
import { incidentIdOf } from '../../store/incidents.ts'
import { pageKey } from '../../store/keys.ts'
import {
  arnOfPage,
  hasReceipt,
  type Page,
  pageItem,
  readPage,
  receipt,
  receiptAttribute,
  receiptsOf,
} from '../../store/pages.ts'
import { appendTimelineEvent } from '../incidents/timeline.ts'
import { newCode } from './codes.ts'
import { pageMessage, publicWords } from './page-message.ts'
import { pathTo } from './page-path.ts'

/** What became of an attempt: `done` means that it will never be sent, `failed` that it is worth trying again. */
export type Outcome = { readonly kind: 'sent'; readonly at: Date } | { readonly kind: 'done' | 'failed' }

/**
 * Does one commanded attempt, as far as it has not been done before. Nothing leaves any more to who has answered, or
 * when the engagement was stopped; what had left by then still gets its place on the timeline.
 */
export async function sendPage(
  context: Context,
  engagement: Engagement,
  command: PageCommand,
  contacts: ContactReader,
  isLastTry: boolean,
): Promise<Outcome> {
  const { stopped, acknowledged } = engagement.state
  const over = stopped !== undefined || acknowledged.includes(command.contactArn)
  const channel = over ? undefined : (await contacts(command.contactArn))?.channels.get(command.channelArn)
  const item = channel?.activated ? await itemOf(context, engagement, command) : await existingItem(context, command)
  if (!item) return { kind: 'done' }
  const page = readPage(item)
  const name = `attempt ${command.attempt} sent` as const
  if (hasReceipt(item, name)) {
    const at = page.sentTime ?? context.clock.now()
    await tellTimeline(context, engagement, page, at)
    return { kind: 'sent', at }
  }
  if (!channel?.activated || page.readTime) return { kind: 'done' }
  const result = await deliver(context, engagement, command, channel, page, isLastTry)
  if (!result.sent) return { kind: result.retry ? 'failed' : 'done' }
  if (!receiptsOf(item).some(({ type }) => type === 'SENT')) await tellTimeline(context, engagement, page, result.at)
  return { kind: 'sent', at: result.at }
}

/** Sends the message and writes the receipt of what became of it. */
async function deliver(
  { table, clock, delivery, logger, measure }: Context,
  engagement: Engagement,
  { key, attempt, contactArn }: PageCommand,
  { arn: channelArn, type: channelType, address }: Channel,
  { id, arn: pageArn, code }: Page,
  isLastTry: boolean,
): Promise<Sent & { readonly at: Date }> {
  const words = pageMessage(channelType, { ...engagement, pageArn, code })
  const message = { key, at: clock.now(), channelType, address, contactArn, pageArn, code, ...words }
  const result = await delivery.send(message)
  const at = clock.now()
  const set = result.sent
    ? {
        [receiptAttribute(`attempt ${attempt} sent`)]: receipt({ type: 'SENT', at, channelArn }),
        sentTime: at.toISOString(),
      }
    : {
        [receiptAttribute(`attempt ${attempt} failed`)]: receipt({
          type: 'ERROR',
          at,
          channelArn,
          info: result.reason,
        }),
      }
  await table.update(pageKey(id), { set }, { equals: { arn: pageArn } })
  const about = {
    correlation_id: incidentIdOf(engagement.incidentId ?? ''),
    contact: contactsResource(contactArn)?.alias,
    page: pageArn,
    channelType,
    attempt,
    said: publicWords(engagement),
  }
  if (result.sent) {
    measure('Pages')
    logger.info('A page left', about)
  } else {
    const triedAgain = result.retry && !isLastTry
    logger.warn('A page could not be sent', { ...about, because: result.reason, triedAgain })
  }
  return { ...result, at }
}

/** The incident's timeline says when a page first left. */
async function tellTimeline(context: Context, { arn, incidentId }: Engagement, page: Page, time: Date): Promise<void> {
  if (!incidentId || !incidentIdOf(incidentId)) return
  await appendTimelineEvent(context, incidentId, {
    type: 'SSM Contacts Page for Incident',
    time,
    data: { contactArn: page.contactArn, engagementArn: arn },
    key: `page ${page.arn}`,
  })
}

const existingItem = ({ table }: Context, { pageKey: key }: PageCommand): Promise<Item | undefined> =>
  table.get(pageKey(uuidOf(key)))

/** The item of the page; the first attempt makes it, whoever comes again finds it with its code. */
async function itemOf(context: Context, engagement: Engagement, command: PageCommand): Promise<Item> {
  const { table, place, clock } = context
  const id = uuidOf(command.pageKey)
  const made = command.attempt > 1 ? await existingItem(context, command) : undefined
  if (made) return made
  const item = pageItem({
    id,
    arn: arnOfPage(place, contactsResource(command.contactArn)?.alias ?? '', id),
    engagementArn: engagement.arn,
    contactArn: command.contactArn,
    channelArn: command.channelArn,
    path: pathTo(engagement.state, command),
    sender: engagement.sender,
    incidentId: engagement.incidentId,
    createdTime: clock.now(),
    code: newCode(),
  })
  try {
    await table.put(item, { absent: true })
    return item
  } catch (error) {
    const existing = error instanceof ConditionFailed ? await existingItem(context, command) : undefined
    if (existing) return existing
    throw error
  }
}
