// How a rules file names response plans and contacts: as their APIs do, or by ARN.
import type { Reader } from './reader.ts'

interface NameKind {
  readonly what: string
  readonly name: RegExp
  readonly arn: RegExp
}

export const PLAN: NameKind = {
  what: "a response plan's name (letters, digits, - and _) or ARN",
  name: /^[a-zA-Z0-9_-]{1,200}$/,
  arn: /^arn:aws(-cn|-us-gov)?:ssm-incidents::\d{12}:response-?plan\/[a-zA-Z0-9_-]{1,200}$/,
}

export const CONTACT: NameKind = {
  what: "a contact's alias (lower-case letters, digits, - and _) or ARN",
  name: /^[a-z0-9_-]{1,255}$/,
  arn: /^arn:aws(-cn|-us-gov)?:ssm-contacts:[a-z0-9-]+:\d{12}:contact\/[a-z0-9_-]{1,255}$/,
}

export function readName(place: Reader, { what, name, arn }: NameKind): string | undefined {
  if (place.isAbsent) return undefined
  const { value } = place
  return typeof value === 'string' && (name.test(value) || arn.test(value)) ? value : place.problem(`must be ${what}`)
}
