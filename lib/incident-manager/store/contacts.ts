// Contacts and their channels as items: one partition per contact, so that one query reads all that paging them needs.
import type { ChannelType, ContactType } from '@aws-sdk/client-ssm-contacts'
import { contactsArn, parseArn, type Place } from '../../aws/arn.ts'
import type { Item, Table } from '../../aws/table/table.ts'
import type { Contact as EngineContact, Target } from '../engine/engagement.ts'
import { ResourceNotFound } from '../errors.ts'
import type { CreatingCall } from './creating-calls.ts'
import { channelKey, contactKey, CONTACTS } from './keys.ts'
import { decode, encodeItem } from './stored.ts'

export interface Contact {
  readonly alias: string
  readonly arn: string
  readonly type: ContactType
  readonly displayName?: string | undefined
  readonly stages: readonly PlanStage[]
  readonly rotationArns: readonly string[]
  readonly tags?: Readonly<Record<string, string>> | undefined
}

export interface PlanStage {
  readonly durationMinutes: number
  readonly targets: readonly PlanTarget[]
}

/** Targets are kept as they were given; what cannot be reached is skipped when somebody is to be told. */
export type PlanTarget =
  | { readonly kind: 'channel'; readonly channelArn: string; readonly retryMinutes?: number | undefined }
  | { readonly kind: 'contact'; readonly contactArn?: string | undefined; readonly essential: boolean }

export interface Channel {
  readonly alias: string
  readonly id: string
  readonly arn: string
  readonly name: string
  readonly type: ChannelType
  readonly address: string
  readonly activated: boolean
  /** The code that was sent last, until it is used. */
  readonly activationCode?: string | undefined
  /** Names the message that took it there. */
  readonly activationId?: string | undefined
  readonly activationExpires?: Date | undefined
  /** How often somebody has tried that code. */
  readonly activationAttempts?: number | undefined
  /** That created it. */
  readonly call?: CreatingCall | undefined
}

export const contactItem = (contact: Contact): Item => ({
  ...encodeItem(contactKey(contact.alias), contact),
  listKey: CONTACTS,
  listSort: contact.alias,
})
export const readContact = (item: Item): Contact => decode<Contact>(item, [])

export const channelItem = (channel: Channel): Item => encodeItem(channelKey(channel.alias, channel.id), channel)
export const readChannel = (item: Item): Channel => decode<Channel>(item, ['activationExpires'])

export const contactNotFound = (arn: string): ResourceNotFound =>
  new ResourceNotFound(`Contact not found: ${arn}`, { type: 'CONTACT', id: arn })
export const channelNotFound = (arn: string): ResourceNotFound =>
  new ResourceNotFound(`Contact channel not found: ${arn}`, { type: 'CONTACT_CHANNEL', id: arn })

export const arnOfContact = (place: Place, alias: string): string => contactsArn(place, `contact/${alias}`)
export const arnOfChannel = (place: Place, alias: string, id: string): string =>
  contactsArn(place, `contact-channel/${alias}/${id}`)

/** What an ARN of the contacts API names: `contact/<alias>`, `page/<alias>/<id>`, ...; undefined when it is none. */
export function contactsResource(arn: string): { kind: string; alias: string; id: string } | undefined {
  const parsed = parseArn(arn)
  if (parsed?.service !== 'ssm-contacts') return undefined
  const [, kind, alias, id = ''] = /^([a-z-]+)\/([\w-]{1,255})(?:\/([\w-]{1,64}))?$/u.exec(parsed.resource) ?? []
  return kind && alias ? { kind, alias, id } : undefined
}

/** The contact of that ARN; ResourceNotFound when there is none. */
export async function requireContact(table: Table, arn: string): Promise<Contact> {
  const named = contactsResource(arn)
  const item = named?.kind === 'contact' ? await table.get(contactKey(named.alias)) : undefined
  const contact = item && readContact(item)
  if (contact?.arn !== arn) throw contactNotFound(arn)
  return contact
}

/** The channel of that ARN; ResourceNotFound when there is none. */
export async function requireChannel(table: Table, arn: string): Promise<Channel> {
  const named = contactsResource(arn)
  const item = named?.kind === 'contact-channel' ? await table.get(channelKey(named.alias, named.id)) : undefined
  const channel = item && readChannel(item)
  if (channel?.arn !== arn) throw channelNotFound(arn)
  return channel
}

export interface Reachable {
  readonly contact: Contact
  /** By ARN. */
  readonly channels: ReadonlyMap<string, Channel>
}

/** Reads a contact by its ARN, with its channels; undefined when there is none. */
export type ContactReader = (contactArn: string) => Promise<Reachable | undefined>

/** A reader that asks the table once per contact. */
export function contactReader(table: Table): ContactReader {
  const known = new Map<string, Promise<Reachable | undefined>>()
  return (contactArn) => {
    const reading = known.get(contactArn) ?? readReachable(table, contactArn)
    known.set(contactArn, reading)
    return reading
  }
}

async function readReachable(table: Table, contactArn: string): Promise<Reachable | undefined> {
  const named = contactsResource(contactArn)
  if (named?.kind !== 'contact') return undefined
  const { items } = await table.query({ partition: contactKey(named.alias).pk })
  const own = items.find(({ sk }) => sk === contactKey(named.alias).sk)
  const contact = own && readContact(own)
  if (contact?.arn !== contactArn) return undefined
  const channels = items.filter((item) => item !== own).map((item) => readChannel(item))
  return { contact, channels: new Map(channels.map((channel) => [channel.arn, channel])) }
}

/** A contact as the engine sees it. */
export const engineContact = (place: Place, { contact, channels }: Reachable): EngineContact => ({
  type: contact.type,
  stages: contact.stages.map((stage) => ({
    durationMinutes: stage.durationMinutes,
    targets: stage.targets.flatMap((target) => engineTarget(place, target)),
  })),
  activatedChannels: new Set([...channels.values()].filter(({ activated }) => activated).map(({ arn }) => arn)),
})

/** A target that names nobody is none. */
function engineTarget(place: Place, target: PlanTarget): Target[] {
  if (target.kind === 'contact') {
    const { kind, contactArn, essential } = target
    return contactArn ? [{ kind, contactArn, essential }] : []
  }
  const { kind, channelArn, retryMinutes = 0 } = target
  const alias = contactsResource(channelArn)?.alias
  return alias ? [{ kind, channelArn, contactArn: arnOfContact(place, alias), retryMinutes }] : []
}
