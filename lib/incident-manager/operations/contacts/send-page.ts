// One attempt to page one person: its item, the message, the receipt, the incident's timeline, each of them once.
import { ConditionFailed, type Item, type Value } from '../../../aws/table/table.ts'
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
  type Receipt,
  receipt,
  receiptAttribute,
  receiptsOf,
} from '../../store/pages.ts'
import { appendTimelineEvent, type ServiceEvent } from '../incidents/timeline.ts'
import { newCode } from './codes.ts'
import { pageMessage, publicWords } from './page-message.ts'
import { pathTo } from './page-path.ts'

/**
 * What became of an attempt. `done`: nobody needs it any more. `failed`: the carrier did not take it, and it is tried again.
 * `given-up`: it is not.
 */
export type Outcome = { readonly kind: 'sent'; readonly at: Date } | { readonly kind: 'done' | 'failed' | 'given-up' }

/**
 * Does one commanded attempt, as far as it has not been done before; `isLastTry` when it is not tried again whatever comes of
 * it. Nothing leaves any more to who has answered, or when the engagement was stopped; what had left by then still gets its
 * place on the timeline. Throws where it is not known what became of it.
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
  if (!item) return { kind: over ? 'done' : 'given-up' }
  const page = readPage(item)
  const name = `attempt ${command.attempt} sent` as const
  if (hasReceipt(item, name)) {
    const at = page.sentTime ?? context.clock.now()
    await tellTimeline(context, engagement, page, at)
    return { kind: 'sent', at }
  }
  if (over || page.readTime) return { kind: 'done' }
  if (!channel?.activated) {
    const info = 'The contact channel is no longer active; given up'
    await record(
      context,
      page,
      failed(command.attempt, { at: context.clock.now(), channelArn: command.channelArn, info }),
    )
    return givenUp(context, engagement, page, channel, 'the contact channel is no longer active')
  }
  const result = await deliver(context, engagement, command, channel, page, isLastTry)
  if (!result.sent) {
    if (result.retry) return { kind: 'failed' }
    return givenUp(context, engagement, page, channel, result.reason)
  }
  if (!receiptsOf(item).some(({ type }) => type === 'SENT')) await tellTimeline(context, engagement, page, result.at)
  return { kind: 'sent', at: result.at }
}

/** Sends the message and writes the receipt of what became of it. Nothing is retried after the last try. */
async function deliver(
  context: Context,
  engagement: Engagement,
  { key, attempt, contactArn }: PageCommand,
  { arn: channelArn, type: channelType, address }: Channel,
  page: Page,
  isLastTry: boolean,
): Promise<Sent & { readonly at: Date }> {
  const { clock, delivery, logger, measure } = context
  const { arn: pageArn, code } = page
  const words = pageMessage(channelType, { ...engagement, pageArn, code })
  const message = { key, at: clock.now(), channelType, address, contactArn, pageArn, code, ...words }
  const answer = await delivery.send(message)
  const result = answer.sent ? answer : { ...answer, retry: answer.retry && !isLastTry }
  const at = clock.now()
  const set = result.sent
    ? {
        [receiptAttribute(`attempt ${attempt} sent`)]: receipt({ type: 'SENT', at, channelArn }),
        sentTime: at.toISOString(),
      }
    : failed(attempt, { at, channelArn, info: result.retry ? result.reason : `${result.reason}; given up` })
  await record(context, page, set)
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
    logger.warn('A page could not be sent', { ...about, because: result.reason, triedAgain: result.retry })
  }
  return { ...result, at }
}

const failed = (attempt: number, { at, channelArn, info }: Omit<Receipt, 'type'>): Record<string, Value> => ({
  [receiptAttribute(`attempt ${attempt} failed`)]: receipt({ type: 'ERROR', at, channelArn, info }),
})

async function record({ table }: Context, { id, arn }: Page, set: Record<string, Value>): Promise<void> {
  await table.update(pageKey(id), { set }, { equals: { arn } })
}

/** The incident's timeline and a figure say that a page is given up; nothing of it names the address. */
async function givenUp(
  context: Context,
  engagement: Engagement,
  page: Page,
  channel: Channel | undefined,
  because: string,
): Promise<Outcome> {
  const to = contactsResource(page.contactArn)?.alias ?? page.contactArn
  const message = `A page to ${to}${channel ? ` by ${wordsOf(channel)}` : ''} was given up: ${because}`
  context.measure('PagesGivenUp')
  context.logger.warn('A page was given up', { page: page.arn, contact: to, because })
  await tell(context, engagement, page, {
    type: 'SSM Contacts Page Failure for Incident',
    time: context.clock.now(),
    key: `given up ${page.arn}`,
    more: { message },
  })
  return { kind: 'given-up' }
}

/** Its type, and its name, unless somebody has named it by its address. */
function wordsOf({ name, address, type }: Channel): string {
  const own = type === 'EMAIL' ? address.toLowerCase() : address.slice(-7)
  const named = type === 'EMAIL' ? name.toLowerCase() : name.replaceAll(/\D/gu, '')
  return named.includes(own) ? type : `${type} (${name})`
}

/** The incident's timeline says when a page first left. */
const tellTimeline = (context: Context, engagement: Engagement, page: Page, time: Date): Promise<void> =>
  tell(context, engagement, page, { type: 'SSM Contacts Page for Incident', time, key: `page ${page.arn}` })

async function tell(
  context: Context,
  { arn: engagementArn, incidentId }: Engagement,
  { contactArn }: Page,
  { more, ...event }: Omit<ServiceEvent, 'data'> & { readonly more?: object },
): Promise<void> {
  if (!incidentId || !incidentIdOf(incidentId)) return
  await appendTimelineEvent(context, incidentId, { ...event, data: { contactArn, engagementArn, ...more } })
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
