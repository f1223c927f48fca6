// Client tokens: the same call again gives the first answer; the same token with other parameters is a conflict.
import { randomUUID } from 'node:crypto'
import type { Change, Item, Value } from '../../../aws/table/table.ts'
import { sha256 } from '../../../aws/token.ts'
import { Conflict, type Resource } from '../../errors.ts'
import { encode } from '../../store/stored.ts'

/** A call that changes something, as it is recognised when it comes again: hashes of its token and of its parameters. */
export interface Call {
  readonly token: string
  readonly parameters: string
}

/** Clients fill the token in; a call without one is like no other. */
export function callOf(input: { readonly clientToken?: string | undefined }): Call {
  const { clientToken, ...parameters } = input
  return { token: sha256(clientToken || randomUUID()), parameters: sha256(canonical(encode(parameters))) }
}

/** JSON with its members in order, so that equal values are equal texts. */
export const canonical = (value: Value): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  )

/** Refuses a token that was used with other parameters. */
export function checkSameCall(call: Call, parameters: Value | undefined, resource: Resource): void {
  if (parameters !== call.parameters)
    throw new Conflict('The client token has already been used with different parameters', resource)
}

const REMEMBERED = 20
const PREFIX = 'token:'

/** The attribute under which an item remembers an update; a condition on it keeps a twin from being applied twice. */
export const tokenAttribute = (call: Call): string => PREFIX + call.token

/** Whether `item` has seen this update; Conflict when it came with other parameters. */
export function seen(item: Item, call: Call, resource: Resource): boolean {
  const memory = item[tokenAttribute(call)]
  if (memory === undefined) return false
  checkSameCall(call, parametersIn(memory), resource)
  return true
}

/** What makes `item` remember this update, and forget the oldest beyond the last 20. */
export function remember(item: Item, call: Call, now: Date): Required<Pick<Change, 'set' | 'remove'>> {
  const oldest = Object.keys(item)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => ({ name, at: instantIn(item[name]) }))
    .toSorted((one, other) => (one.at < other.at ? 1 : -1))
    .slice(REMEMBERED - 1)
  return {
    set: { [tokenAttribute(call)]: { parameters: call.parameters, at: now.toISOString() } },
    remove: oldest.map(({ name }) => name),
  }
}

const TRIES = 5

/**
 * Lets a call change an item once. `change` writes only where the item has not seen the call (`tokenAttribute`), and says
 * whether it has written. Errors: what both throw; Conflict when a twin came with other parameters.
 */
export async function changeOnce(
  call: Call,
  resource: Resource,
  read: () => Promise<Item>,
  change: (item: Item) => Promise<boolean>,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const item = await read()
    if (seen(item, call, resource) || (await change(item))) return
  }
  throw new Conflict(`This is being changed by others; try again: ${resource.id}`, resource)
}

const memberOf = (value: Value | undefined, name: string): Value | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined
const parametersIn = (memory: Value): Value | undefined => memberOf(memory, 'parameters')
const instantIn = (memory: Value | undefined): string => {
  const at = memberOf(memory, 'at')
  return typeof at === 'string' ? at : ''
}
