// A template of one function, its queue and topics, as CloudFormation has them: small, and the same whatever is deployed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rehearse, temporaryFolder, type Rehearsal } from './rehearsal.ts'
import type { Handler } from '../../lib/local/functions.ts'
import type { SystemOptions } from '../../lib/local/system.ts'

const named = (name: string): string => `tocsin-production-${name}`
const arn = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] })

/** A queue that is tried twice, and its dead-letter queue. */
const pair = (id: string, use: string): object => ({
  [`${id}Queue`]: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: named(`${use}s`),
      VisibilityTimeout: 180,
      RedrivePolicy: { deadLetterTargetArn: arn(`${id}DeadLetters`), maxReceiveCount: 2 },
    },
  },
  [`${id}DeadLetters`]: { Type: 'AWS::SQS::Queue', Properties: { QueueName: named(`${use}-dead-letters`) } },
})

const topic = (name: string): object => ({ Type: 'AWS::SNS::Topic', Properties: { TopicName: named(name) } })
const subscription = (topicId: string, Protocol: string, Endpoint: unknown): object => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: topicId }, Protocol, Endpoint, RawMessageDelivery: false },
})

/** The template, as it is compiled. */
export const TEMPLATE = {
  Resources: {
    OpenIncident: {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: named('open-incident'), Handler: 'functions/open-incident.handler' },
    },
    ...pair('Alarm', 'alarm'),
    ...pair('Notification', 'notification'),
    ...pair('Reply', 'reply'),
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: arn('AlarmQueue'),
        FunctionName: arn('OpenIncident'),
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    Events: {
      Type: 'AWS::Events::Rule',
      Properties: { EventPattern: { source: ['aws.cloudwatch'] }, Targets: [{ Id: 'queue', Arn: arn('AlarmQueue') }] },
    },
    AlarmTopic: topic('alarms'),
    AlarmSubscription: subscription('AlarmTopic', 'sqs', arn('AlarmQueue')),
    LastResortTopic: topic('last-resort'),
    LastResortEmail: subscription('LastResortTopic', 'email', 'on-call@example.com'),
    LastResortSms: subscription('LastResortTopic', 'sms', '+12065550100'),
  },
  Outputs: { LastResortTopicArn: { Value: { Ref: 'LastResortTopic' } } },
}

export const ALARM_TOPIC = `arn:aws:sns:us-east-1:111122223333:${named('alarms')}`
export const LAST_RESORT_TOPIC = `arn:aws:sns:us-east-1:111122223333:${named('last-resort')}`

/** What an official client needs to reach a system. */
export const clientOf = (url: string): { endpoint: string; region: string; credentials: Credentials } => ({
  endpoint: url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
})

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Starts a system of this template; `openIncident` is what its function does. */
export function rehearseSmall(openIncident?: Handler, options: Partial<SystemOptions> = {}): Promise<Rehearsal> {
  const template = join(temporaryFolder(), 'template.json')
  writeFileSync(template, JSON.stringify(TEMPLATE))
  return rehearse(openIncident ? { 'open-incident': openIncident } : {}, { template, ...options })
}
