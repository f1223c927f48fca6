// What leaves by Amazon SES: e-mail to people, whose replies come back to the address that sent it.
import { type SESv2Client, SendEmailCommand, SESv2ServiceException } from '@aws-sdk/client-sesv2'
import type { ChannelMessage, Sent } from './delivery.ts'
import { refusedBy } from './refused.ts'

export async function sendEmail(
  ses: SESv2Client,
  sender: string,
  { address, subject, body }: ChannelMessage,
): Promise<Sent> {
  const text = (Data: string) => ({ Data, Charset: 'UTF-8' })
  try {
    await ses.send(
      new SendEmailCommand({
        FromEmailAddress: sender,
        Destination: { ToAddresses: [address] },
        Content: { Simple: { Subject: text(subject), Body: { Text: text(body) } } },
      }),
    )
    return { sent: true }
  } catch (error) {
    return refusedBy('SES', error, error instanceof SESv2ServiceException && isFinal(error, address))
  }
}

/** What is wrong with the address; what is wrong with the account or the sender can be put right meanwhile. */
const isFinal = ({ name, message }: SESv2ServiceException, address: string): boolean =>
  name === 'BadRequestException' || (name === 'MessageRejected' && message.includes(address))
