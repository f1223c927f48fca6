// Pages as items: one person told on one channel, with a receipt for each thing that happened to it.
import type { ReceiptType } from '@aws-sdk/client-ssm-contacts'
import { contactsArn, type Place } from '../../aws/arn.ts'
import type { Item, Table, Value } from '../../aws/table/table.ts'
import { ResourceNotFound } from '../errors.ts'
import { contactsResource } from './contacts.ts'
import { pageKey, pagesOfContact, pagesOfEngagement } from './keys.ts'
import { decode, encode, encodeItem } from './stored.ts'

export interface Page {
  readonly id: string
  readonly arn: string
  readonly engagementArn: string
  readonly contactArn: string
  readonly channelArn: string
  /** From whom the engagement engaged to who is paged; pages of earlier versions have none. */
  readonly path?: readonly PathStep[] | undefined
  readonly sender: string
  readonly incidentId?: string | undefined
  readonly createdTime: Date
  /** What acknowledges it. */
  readonly code: string
  /** The last attempt that left. */
  readonly sentTime?: Date | undefined
  readonly deliveryTime?: Date | undefined
  readonly readTime?: Date | undefined
  /** Why a machine accepted it, where it was no person: it counts as nobody's answer. */
  readonly acceptedByMachine?: string | undefined
  /** A person has answered, and not everything has been told of it yet. */
  readonly owed?: readonly 'acknowledge'[] | undefined
}

/** One contact on the way to who is paged, and the stage of the plan before that led to them, counted from 0. */
export interface PathStep {
  readonly contactArn: string
  readonly stage?: number | undefined
}

export interface Receipt {
  readonly type: ReceiptType
  readonly at: Date
  readonly channelArn?: string | undefined
  readonly info?: string | undefined
}

export const arnOfPage = (place: Place, alias: string, id: string): string => contactsArn(place, `page/${alias}/${id}`)

const pageNotFound = (arn: string): ResourceNotFound =>
  new ResourceNotFound(`Page not found: ${arn}`, { type: 'PAGE', id: arn })

export function pageItem(page: Page): Item {
  const sort = page.createdTime.toISOString()
  return {
    ...encodeItem(pageKey(page.id), page),
    listKey: pagesOfEngagement(contactsResource(page.engagementArn)?.id ?? ''),
    listSort: sort,
    list2Key: pagesOfContact(contactsResource(page.contactArn)?.alias ?? ''),
    list2Sort: sort,
  }
}

export const readPage = (item: Item): Page =>
  decode<Page>(item, ['createdTime', 'sentTime', 'deliveryTime', 'readTime'])

// Each receipt is an attribute of its own, named by what it is about: writing it again is the same, and two writers
// never undo each other.
const RECEIPT = 'receipt '
type ReceiptName = 'stopped' | 'delivered' | 'read' | `attempt ${number} ${'sent' | 'failed'}`

export const receiptAttribute = (name: ReceiptName): string => RECEIPT + name
export const receipt = (receipt: Receipt): Value => encode(receipt)

export const hasReceipt = (item: Item, name: ReceiptName): boolean => item[receiptAttribute(name)] !== undefined

/** The receipts of a page, newest first, each with what sorts it there. */
export const receiptsOf = (item: Item): (Receipt & { readonly key: string })[] =>
  Object.entries(item)
    .flatMap(([name, value]) => (name.startsWith(RECEIPT) ? [readReceipt(value, name)] : []))
    .toSorted((one, other) => (one.key > other.key ? -1 : 1))

const ORDER: readonly ReceiptType[] = ['SENT', 'ERROR', 'DELIVERED', 'READ', 'STOP']

function readReceipt(value: Value | undefined, name: string): Receipt & { readonly key: string } {
  const { at, ...rest } = decode<Omit<Receipt, 'at'> & { at: string }>({ pk: '', sk: '', ...members(value) }, [])
  const key = `${at} ${ORDER.indexOf(rest.type)} ${name}`
  return { type: rest.type, channelArn: rest.channelArn, info: rest.info, at: new Date(at), key }
}

const members = (value: Value | undefined): { [name: string]: Value | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

/** The item of the page of that ARN; ResourceNotFound when there is none. */
export async function requirePageItem(table: Table, arn: string): Promise<Item> {
  const named = contactsResource(arn)
  const item = named?.kind === 'page' ? await table.get(pageKey(named.id)) : undefined
  if (item?.['arn'] !== arn) throw pageNotFound(arn)
  return item
}
