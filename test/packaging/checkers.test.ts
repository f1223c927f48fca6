// What checks a template can fail: each is given a template with the mistake that it is there to find.
import { describe, expect, test } from 'vitest'
import { Json } from '../../lib/local/json.ts'
import { schemaProblems } from './cloudformation-schema.ts'
import { actionProblems, statementsOf } from './iam-actions.ts'
import { brokenReferences } from './references.ts'

const template = (Resources: object): Json => new Json({ Resources }, 'template')
const queue = (Properties: object): Json => template({ Queue: { Type: 'AWS::SQS::Queue', Properties } })

describe('the check against the schemas of CloudFormation', () => {
  test.each([
    ['a property that is misspelt', queue({ VisibilityTimeOut: 30 }), /Queue\.VisibilityTimeOut is unknown/],
    [
      'a property that is misspelt far down',
      template({
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: { Targets: [{ Id: 'a', Arn: 'b', DeadLetterConfig: { arn: 'c' } }] },
        },
      }),
      /Rule\.Targets\[0\]\.DeadLetterConfig\.arn is unknown/,
    ],
    [
      'a required property that is missing',
      template({ Topic: { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [] } } }),
      /Topic\.PolicyDocument is missing/,
    ],
    ['a text for a number', queue({ VisibilityTimeout: '30' }), /Queue\.VisibilityTimeout must be a whole number/],
    [
      'a text for a list',
      template({ Log: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: 'one', PolicyDocument: {} } } }),
      /Log\.Queues must be a list/,
    ],
    [
      'a value that is none of the allowed',
      template({ Url: { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'MAYBE', TargetFunctionArn: 'x' } } }),
      /Url\.AuthType must be one of/,
    ],
    ['a type that does not exist', template({ Queue: { Type: 'AWS::SQS::Kueue' } }), /unknown type AWS::SQS::Kueue/],
    [
      'a member that resources do not have',
      template({ Queue: { Type: 'AWS::SQS::Queue', Propertys: {} } }),
      /Queue\.Propertys is unknown/,
    ],
    [
      'an attribute that does not exist',
      template({
        Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
        Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Sub': 'a-${Queue.Name}' } } },
      }),
      /asks for Queue\.Name, which AWS::SQS::Queue does not have/,
    ],
  ])('finds %s', async (_, broken, problem) => {
    expect(await schemaProblems(broken)).toEqual([expect.stringMatching(problem)])
  })

  test('finds nothing in what is right', async () => {
    expect(await schemaProblems(queue({ VisibilityTimeout: 30, RedrivePolicy: { maxReceiveCount: 5 } }))).toEqual([])
  })
})

const role = (Action: unknown, Resource: unknown, Effect = 'Allow'): Json =>
  template({
    Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { Policies: [{ PolicyDocument: { Statement: [{ Effect, Action, Resource }] } }] },
    },
  })
const TABLE = { 'Fn::GetAtt': ['Table', 'Arn'] }

describe('the check against the actions of AWS', () => {
  test.each([
    ['an action that does not exist', role('dynamodb:FetchItem', TABLE), 'Role: there is no action dynamodb:FetchItem'],
    ['a service that does not exist', role('dynamo:GetItem', TABLE), 'Role: there is no action dynamo:GetItem'],
    ['an action on everything', role('dynamodb:*', TABLE), 'Role: there is no action dynamodb:*'],
    [
      'an action on what it never acts on',
      role('dynamodb:GetItem', { 'Fn::Sub': '${Table.Arn}/index/*' }),
      'Role: dynamodb:GetItem cannot be allowed on arn:aws:dynamodb:us-east-1:111122223333:table/Table/index/*',
    ],
    [
      'an action on one resource that is for all only',
      role('ssm-contacts:ListEngagements', 'arn:aws:ssm-contacts:us-east-1:111122223333:engagement/*'),
      'Role: ssm-contacts:ListEngagements cannot be allowed on arn:aws:ssm-contacts',
    ],
    [
      'a type of resource that is missing',
      role('ssm:StartAutomationExecution', 'arn:aws:ssm:us-east-1:111122223333:document/*'),
      'Role: ssm:StartAutomationExecution must be allowed on arn:${Partition}:ssm:${Region}:${Account}:automation-execution/',
    ],
  ])('finds %s', async (_, broken, problem) => {
    expect(await actionProblems(statementsOf(broken))).toEqual([expect.stringContaining(problem)])
  })

  test('finds nothing in what is right', async () => {
    const right = [
      role(['dynamodb:GetItem', 'dynamodb:Query'], TABLE),
      role('dynamodb:Query', [TABLE, { 'Fn::Sub': '${Table.Arn}/index/*' }]),
      role('logs:PutLogEvents', 'arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/a-b:*'),
      role('sqs:*', '*', 'Deny'),
    ]
    for (const one of right) expect(await actionProblems(statementsOf(one))).toEqual([])
  })
})

describe('the check of references', () => {
  const refers = (to: unknown): object => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName: to } })

  test('finds a circle, and what does not exist', () => {
    const circle = template({ A: refers({ Ref: 'B' }), B: refers({ 'Fn::Sub': 'x-${A.Arn}' }) })
    expect(brokenReferences(circle)).toEqual(['A circle: A -> B -> A'])
    expect(brokenReferences(template({ A: refers({ 'Fn::GetAtt': ['Nobody', 'Arn'] }) }))).toEqual([
      'A refers to Nobody, which does not exist',
    ])
    const output = new Json({ Resources: {}, Outputs: { Url: { Value: { Ref: 'Gone' } } } }, 'template')
    expect(brokenReferences(output)).toEqual(['An output refers to Gone, which does not exist'])
    expect(brokenReferences(template({ A: refers({ Ref: 'B' }), B: refers({ Ref: 'AWS::Region' }) }))).toEqual([])
  })
})
