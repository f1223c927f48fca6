// How things leave on the runtime in force: through its local carrier where it has one, else through AWS's services.
import type { SESv2Client } from '@aws-sdk/client-sesv2'
import type { SNSClient } from '@aws-sdk/client-sns'
import { sesClient } from '../../aws/clients/ses.ts'
import { snsClient } from '../../aws/clients/sns.ts'
import { plainLine, plainText } from '../../aws/plain-text.ts'
import { type LocalCarrier, type Runtime, Undelivered } from '../../aws/runtime.ts'
import type { ChannelMessage, Delivery, Sent } from './delivery.ts'
import { sendEmail } from './ses.ts'
import { publish, sendSms } from './sns.ts'

/** The delivery of a system. Without a local carrier SMS leave by SNS, e-mail by SES, and voice is refused honestly. */
export function runtimeDelivery(runtime: Runtime): Delivery {
  let [snsOnce, sesOnce]: [SNSClient?, SESv2Client?] = []
  const sns = (): SNSClient => (snsOnce ??= snsClient(runtime))
  const ses = (): SESv2Client => (sesOnce ??= sesClient(runtime))
  const { localCarrier } = runtime
  const sender = runtime.environment['TOCSIN_SENDER_EMAIL']
  const sendByService = async (message: ChannelMessage): Promise<Sent> => {
    switch (message.channelType) {
      case 'SMS':
        return sendSms(sns(), message)
      case 'EMAIL':
        return sender
          ? sendEmail(ses(), sender, message)
          : unsendable('EMAIL cannot be sent: TOCSIN_SENDER_EMAIL is not set')
      case 'VOICE':
        return unsendable('VOICE cannot be sent by this installation yet')
    }
  }
  return {
    send: (message) => {
      const { subject, body } = message
      const readable = { ...message, subject: plainLine(subject), body: plainText(body) }
      return localCarrier ? carry(localCarrier, readable) : sendByService(readable)
    },
    publish: (topicArn, message) => publish(sns(), topicArn, message),
  }
}

const unsendable = (reason: string): Sent => ({ sent: false, retry: false, reason })

async function carry(localCarrier: LocalCarrier, message: ChannelMessage): Promise<Sent> {
  const { key, at, channelType, address, contactArn, pageArn, subject, body, code } = message
  const about = { address, contactArn, ...(pageArn ? { pageArn } : {}) }
  try {
    await localCarrier({ id: key, at, type: channelType, ...about, subject, body, code })
    return { sent: true }
  } catch (error) {
    if (!(error instanceof Undelivered)) throw error
    return { sent: false, retry: !error.forGood, reason: error.message }
  }
}
