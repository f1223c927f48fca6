// A person's reply becomes AcceptPage: on the page it names, else on the open page of that address that has the code.
import {
  AcceptPageCommand,
  paginateListContactChannels,
  paginateListContacts,
  paginateListPagesByContact,
  type Page,
  type SSMContactsClient,
} from '@aws-sdk/client-ssm-contacts'
import type { Reply } from '../sources/signal.ts'

/** What became of a reply; a refusal is an answer, not a failure: the same reply would be refused again. */
export type ReplyOutcome =
  | { readonly accepted: true; readonly pageArn: string }
  | { readonly accepted: false; readonly reason: string }

/**
 * Accepting by the same code again is harmless, so a repeated delivery is. Throws what is worth another try (throttling, outage).
 *
 * What proves an answer is the code, which went to the person's channel only; the address finds the page where the
 * reply does not name it, as no SMS does, for a code alone is one of all the codes that are out. A reply that names its
 * page may come from any address, on purpose: people answer from an alias, a team's mailbox from a member's own, and a
 * sender's address in an e-mail proves nothing.
 */
export async function acceptReply(contacts: SSMContactsClient, reply: Reply): Promise<ReplyOutcome> {
  if (reply.pageArn !== undefined)
    return (await accept(contacts, reply.pageArn, reply))
      ? { accepted: true, pageArn: reply.pageArn }
      : refused('the page that the subject names is gone, or has another code')
  const owners = await contactsWith(contacts, reply)
  if (owners.length === 0) return refused('no contact has a channel with the address that it came from')
  const pages = (await Promise.all(owners.map((contactArn) => openPages(contacts, contactArn))))
    .flat()
    .toSorted(newestFirst)
  if (pages.length === 0) return refused('nothing is open for who sent it')
  for (const { PageArn: pageArn } of pages)
    if (pageArn !== undefined && (await accept(contacts, pageArn, reply))) return { accepted: true, pageArn }
  return refused('no open page of who sent it has this code')
}

const refused = (reason: string): ReplyOutcome => ({ accepted: false, reason })

/** Whether the page was accepted; false where it is gone or has another code. */
async function accept(contacts: SSMContactsClient, pageArn: string, reply: Reply): Promise<boolean> {
  try {
    await contacts.send(
      new AcceptPageCommand({
        PageId: pageArn,
        AcceptType: 'READ',
        AcceptCode: reply.code,
        AcceptCodeValidation: 'ENFORCE',
        Note: reply.channelType === 'SMS' ? 'Answered by SMS' : 'Answered by e-mail',
      }),
    )
    return true
  } catch (error) {
    if (error instanceof Error && (error.name === 'ValidationException' || error.name === 'ResourceNotFoundException'))
      return false
    throw error
  }
}

/** The contacts of which a channel has the address. The API finds no channel by its address: each contact is asked. */
async function contactsWith(contacts: SSMContactsClient, reply: Reply): Promise<string[]> {
  const owners: string[] = []
  for await (const { Contacts = [] } of paginateListContacts({ client: contacts }, { Type: 'PERSONAL' }))
    for (const { ContactArn } of Contacts)
      if (ContactArn !== undefined && (await hasAddress(contacts, ContactArn, reply))) owners.push(ContactArn)
  return owners
}

async function hasAddress(contacts: SSMContactsClient, contactArn: string, reply: Reply): Promise<boolean> {
  for await (const { ContactChannels = [] } of paginateListContactChannels(
    { client: contacts },
    { ContactId: contactArn },
  ))
    for (const { Type, DeliveryAddress } of ContactChannels)
      if (Type === reply.channelType && DeliveryAddress?.SimpleAddress?.toLowerCase() === reply.from) return true
  return false
}

/** Pages that nobody has read. Only the newest are tried: a code is tried on each. */
async function openPages(contacts: SSMContactsClient, contactArn: string): Promise<Page[]> {
  const open: Page[] = []
  for await (const { Pages = [] } of paginateListPagesByContact({ client: contacts }, { ContactId: contactArn })) {
    open.push(...Pages.filter(({ ReadTime }) => ReadTime === undefined))
    if (open.length >= MOST_TRIED) break
  }
  return open.toSorted(newestFirst).slice(0, MOST_TRIED)
}

const MOST_TRIED = 50

const newestFirst = (one: Page, other: Page): number =>
  (other.SentTime?.getTime() ?? 0) - (one.SentTime?.getTime() ?? 0)
