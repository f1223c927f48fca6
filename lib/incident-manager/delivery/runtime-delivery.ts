// How things leave on the runtime in force: through its local carrier where it has one, else through SNS.
import { PublishCommand, type SNSClient, SNSServiceException } from '@aws-sdk/client-sns'
import { snsClient } from '../../aws/clients/sns.ts'
import type { Runtime } from '../../aws/runtime.ts'
import type { ChannelMessage, Delivery, Sent } from './delivery.ts'

/** The delivery of a system. SMS leave through SNS; without a local carrier, e-mail and voice are refused honestly. */
export function runtimeDelivery(runtime: Runtime): Delivery {
  let client: SNSClient | undefined
  const sns = (): SNSClient => (client ??= snsClient(runtime))
  const { localCarrier } = runtime
  return {
    async send(message) {
      if (!localCarrier) return sendBySns(sns, message)
      const { key, at, channelType, address, contactArn, pageArn, subject, body, code } = message
      await localCarrier({
        id: key,
        at,
        type: channelType,
        address,
        contactArn,
        ...(pageArn ? { pageArn } : {}),
        subject,
        body,
        code,
      })
      return { sent: true }
    },
    async publish(topicArn, message) {
      await sns().send(new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(message) }))
    },
  }
}

async function sendBySns(sns: () => SNSClient, { channelType, address, body }: ChannelMessage): Promise<Sent> {
  if (channelType !== 'SMS')
    return { sent: false, retry: false, reason: `${channelType} cannot be sent by this installation yet` }
  try {
    await sns().send(
      new PublishCommand({
        PhoneNumber: address,
        Message: body,
        MessageAttributes: { 'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' } },
      }),
    )
    return { sent: true }
  } catch (error) {
    return refusal(error)
  }
}

/** Only what SNS says is wrong with the message itself is final. Its own words may hold the address: the name is enough. */
function refusal(error: unknown): Sent {
  const name = error instanceof Error ? error.name : 'unknown error'
  const final = error instanceof SNSServiceException && FINAL.has(error.name)
  return { sent: false, retry: !final, reason: `SNS: ${name}` }
}

const FINAL = new Set([
  'InvalidParameterException',
  'InvalidParameter',
  'InvalidParameterValueException',
  'ParameterValueInvalid',
  'ValidationException',
  'ValidationError',
  'OptedOutException',
  'OptedOut',
])
