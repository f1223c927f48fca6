// What leaves by Amazon SNS: text messages to people, notifications to topics.
import { PublishCommand, type SNSClient, SNSServiceException } from '@aws-sdk/client-sns'
import type { ChannelMessage, Sent } from './delivery.ts'
import { refusedBy } from './refused.ts'

export async function sendSms(sns: SNSClient, { address, body }: ChannelMessage): Promise<Sent> {
  try {
    await sns.send(
      new PublishCommand({
        PhoneNumber: address,
        Message: body,
        MessageAttributes: { 'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' } },
      }),
    )
    return { sent: true }
  } catch (error) {
    return refusedBy('SNS', error, error instanceof SNSServiceException && FINAL.has(error.name))
  }
}

export async function publish(sns: SNSClient, topicArn: string, message: object): Promise<void> {
  await sns.send(new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(message) }))
}

/** What SNS says is wrong with the message itself. */
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
