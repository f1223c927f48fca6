// Who would be engaged and could not be told: contacts that response plans engage, without a channel that a page can leave by.
import type { Item, Table } from '../aws/table/table.ts'
import { type Contact, contactReader, type ContactReader } from './store/contacts.ts'
import { PLANS, rotationKey } from './store/keys.ts'
import { readPlan } from './store/plans.ts'
import { readRotation, rotationIdOf } from './store/rotations.ts'

export interface Unreachable {
  readonly contactArn: string
  /** The names of the plans that engage it. */
  readonly plans: readonly string[]
}

/** More plans than these are not looked at. */
const MOST_PLANS = 200

/** How many plans engage somebody, and whom nobody could page. An escalation plan reaches whom any of its stages reaches. */
export async function unreachableContacts(
  table: Table,
): Promise<{ readonly engaging: number; readonly unreachable: Unreachable[] }> {
  const { items } = await table.query({ index: 'list', partition: PLANS, limit: MOST_PLANS })
  const engagedBy = new Map<string, string[]>()
  const plans = items.map(readPlan).filter(({ engagements }) => engagements?.length)
  for (const { name, engagements = [] } of plans)
    for (const contactArn of engagements) engagedBy.set(contactArn, [...(engagedBy.get(contactArn) ?? []), name])
  const reader = contactReader(table)
  const unreachable: Unreachable[] = []
  for (const [contactArn, names] of engagedBy)
    if (!(await reaches(table, reader, contactArn, new Set()))) unreachable.push({ contactArn, plans: names })
  return { engaging: plans.length, unreachable }
}

/** `asked` are those that lead nowhere, or are on the way here: to be led back to one of them reaches nobody more. */
async function reaches(table: Table, reader: ContactReader, contactArn: string, asked: Set<string>): Promise<boolean> {
  const found = asked.has(contactArn) ? undefined : await reader(contactArn)
  asked.add(contactArn)
  if (!found) return false
  const { contact, channels } = found
  for (const stage of contact.stages)
    for (const target of stage.targets)
      if (target.kind === 'channel') {
        if (channels.get(target.channelArn)?.activated) return true
      } else if (target.contactArn && (await reaches(table, reader, target.contactArn, asked))) return true
  for (const member of await membersOf(table, contact)) if (await reaches(table, reader, member, asked)) return true
  return false
}

/** Whoever takes turns by the rotations of an on-call schedule. */
async function membersOf(table: Table, { rotationArns }: Contact): Promise<string[]> {
  const rotations = await Promise.all(rotationArns.map((arn) => rotationOf(table, arn)))
  return rotations.flatMap((item) => (item ? readRotation(item).contactArns : []))
}

async function rotationOf(table: Table, arn: string): Promise<Item | undefined> {
  try {
    return await table.get(rotationKey(rotationIdOf(arn)))
  } catch {
    return undefined
  }
}
