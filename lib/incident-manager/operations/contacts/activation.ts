// The code that proves that whoever owns a channel wants to be reached on it.
import { randomUUID } from 'node:crypto'
import { plusMinutes } from '../../../aws/instants.ts'
import type { Context } from '../../context.ts'
import type { Sent } from '../../delivery/delivery.ts'
import { arnOfContact, type Channel } from '../../store/contacts.ts'
import { newCode } from './codes.ts'
import { activationMessage } from './page-message.ts'

const GOOD_FOR_MINUTES = 10
export const MOST_ATTEMPTS = 5

/** What a channel remembers of the code that was sent last. */
export const ACTIVATION = ['activationCode', 'activationId', 'activationExpires', 'activationAttempts'] as const
type Activation = Pick<Channel, (typeof ACTIVATION)[number]>
export const NO_ACTIVATION: Activation = {
  activationCode: undefined,
  activationId: undefined,
  activationExpires: undefined,
  activationAttempts: undefined,
}

/** A new code, good for 10 minutes and 5 attempts [inferred]. */
export const newActivation = (now: Date): Activation => ({
  activationCode: newCode(),
  activationId: randomUUID(),
  activationExpires: plusMinutes(now, GOOD_FOR_MINUTES),
  activationAttempts: 0,
})

/** Sends the channel's code to it; the same code again is the same message. */
export function sendActivation({ clock, delivery, place }: Context, channel: Channel): Promise<Sent> {
  const { arn, alias, type, address, activationCode: code = '', activationId = '' } = channel
  return delivery.send({
    key: `activation ${arn} ${activationId}`,
    at: clock.now(),
    channelType: type,
    address,
    contactArn: arnOfContact(place, alias),
    code,
    ...activationMessage(code),
  })
}
