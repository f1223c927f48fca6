// Where a channel reaches somebody: what an address of each type looks like.
import type { ChannelType, ContactChannelAddress } from '@aws-sdk/client-ssm-contacts'
import { ValidationFailed } from '../../errors.ts'

const TELEPHONE = /^\+[1-9]\d{1,14}$/u
/** Neither control characters nor those that nobody sees: what a mail's header says must be what is read. */
const EMAIL = /^[^\s\p{C}@<>,;:"]+@[^\s\p{C}@<>,;:"]+$/u

/** SMS and VOICE take `+` and digits (E.164), EMAIL an address. Errors: ValidationFailed, without the address in it. */
export function addressOf(type: ChannelType, { SimpleAddress: address }: ContactChannelAddress): string {
  const isEmail = type === 'EMAIL'
  if (address !== undefined && (isEmail ? EMAIL : TELEPHONE).test(address)) return address
  const wanted = isEmail ? 'an e-mail address' : 'a telephone number: + and up to 15 digits'
  throw new ValidationFailed(`Invalid value provided - the SimpleAddress of ${type} must be ${wanted}`)
}
