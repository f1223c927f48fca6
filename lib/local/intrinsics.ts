// What CloudFormation's functions (Ref, Fn::GetAtt, Fn::Sub, Fn::Join) mean on one machine: names, ARNs and the URL.
import type { Place } from '../aws/arn.ts'
import { isObject, Json } from './json.ts'

/** Where the template runs: its account and region, and the URL at which everything is served, without a slash at its end. */
export interface Here extends Place {
  readonly url: string
}

export interface Resources {
  /** The type of the resource, and its properties as they are written. */
  readonly get: (logicalId: string) => { readonly type: string; readonly properties: Json } | undefined
}

export type Resolve = (value: unknown) => unknown

/** Replaces every intrinsic function in a value; throws where one asks for what has no local meaning. */
export function resolver(resources: Resources, here: Here): Resolve {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': here.account,
    'AWS::Region': here.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': 'tocsin-local',
  }

  return resolve

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve)
    if (!isObject(value)) return value
    const [entry, ...more] = Object.entries(value)
    if (entry && more.length === 0 && (entry[0] === 'Ref' || entry[0].startsWith('Fn::'))) return call(...entry)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member)]))
  }

  function call(name: string, argument: unknown): unknown {
    const json = new Json(argument, name)
    switch (name) {
      case 'Ref':
        return reference(json.string())
      case 'Fn::GetAtt': {
        const [logicalId, ...attribute] =
          typeof argument === 'string' ? argument.split('.') : json.list().map((part) => part.string())
        return attributeOf(logicalId ?? '', attribute.join('.'))
      }
      case 'Fn::Sub': {
        const [text, extra] = typeof argument === 'string' ? [json] : json.list()
        const variables = extra ? extra.members() : {}
        return (text ?? json).string().replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, variable: string) => {
          if (literal) return `\${${variable}}`
          if (Object.hasOwn(variables, variable)) return String(resolve(variables[variable]))
          const dot = variable.indexOf('.')
          return dot < 0 ? reference(variable) : attributeOf(variable.slice(0, dot), variable.slice(dot + 1))
        })
      }
      case 'Fn::Join': {
        const [separator, parts] = json.list()
        const resolved = new Json(resolve(parts?.value), name)
        return resolved
          .list()
          .map((part) => part.string())
          .join(separator?.string())
      }
      default:
        throw new Error(`The compiled template uses ${name}, which has no meaning on one machine yet`)
    }
  }

  function reference(logicalId: string): string {
    const value = pseudo[logicalId]
    if (value !== undefined) return value
    const { type, name, arn } = named(logicalId)
    if (REF_IS_ARN.has(type)) return arn
    return type === 'AWS::SQS::Queue' ? `${here.url}/${here.account}/${name}` : name
  }

  function attributeOf(logicalId: string, attribute: string): string {
    const { type, name, arn } = named(logicalId)
    if (type === 'AWS::Lambda::Url' && attribute === 'FunctionUrl') return `${here.url}/`
    if (attribute === 'Arn' || attribute === 'TopicArn') return arn
    if (attribute === 'QueueName' || attribute === 'TopicName') return name
    throw new Error(`The compiled template asks for ${logicalId}.${attribute}, which has no meaning on one machine yet`)
  }

  function named(logicalId: string): { type: string; name: string; arn: string } {
    const resource = resources.get(logicalId)
    if (!resource) throw new Error(`The compiled template refers to ${logicalId}, which it does not have`)
    const { type, properties } = resource
    const own = properties.get(NAMES[type] ?? 'Name')
    const name = own.present ? String(resolve(own.value)) : logicalId
    const prefix = ARNS[type]
    return { type, name, arn: prefix ? `arn:aws:${prefix(here)}${name}` : `arn:aws:local:::${logicalId}` }
  }
}

const REF_IS_ARN = new Set(['AWS::SNS::Topic', 'AWS::SecretsManager::Secret'])

/** The property that names a resource of this type, where it is not `Name`. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::IAM::Role': 'RoleName',
}

/** What stands in an ARN between `arn:aws:` and the resource's name. */
const ARNS: Readonly<Record<string, (place: Place) => string>> = {
  'AWS::Lambda::Function': ({ region, account }) => `lambda:${region}:${account}:function:`,
  'AWS::SQS::Queue': ({ region, account }) => `sqs:${region}:${account}:`,
  'AWS::SNS::Topic': ({ region, account }) => `sns:${region}:${account}:`,
  'AWS::DynamoDB::Table': ({ region, account }) => `dynamodb:${region}:${account}:table/`,
  'AWS::SecretsManager::Secret': ({ region, account }) => `secretsmanager:${region}:${account}:secret:`,
  'AWS::Events::Rule': ({ region, account }) => `events:${region}:${account}:rule/`,
  'AWS::IAM::Role': ({ account }) => `iam::${account}:role/`,
}
