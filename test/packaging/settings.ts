// What the parameters of serverless.yml have made of a compiled template, as far as they change it.
import type { Json } from '../../lib/local/json.ts'
import { statementsOf } from './iam-actions.ts'

export interface Settings {
  /** By their keys: the environment, and how many instances may run at once. */
  readonly functions: ReadonlyMap<string, { environment: Readonly<Record<string, unknown>>; atOnce: number }>
  /** The actions that the role of a function is allowed. */
  readonly rights: (key: string) => readonly string[]
  readonly types: ReadonlySet<string>
  /** Each resource that stores something, and the key that locks it. */
  readonly locked: readonly (readonly [id: string, key: unknown])[]
  /** Who is subscribed by e-mail, as `<topic> <address>`. */
  readonly subscribed: readonly string[]
}

export function settingsOf(template: Json): Settings {
  const resources = template.get('Resources').entries()
  const ofType = (type: string): [string, Json][] =>
    resources.flatMap(([id, it]) => (it.get('Type').string() === type ? [[id, it.get('Properties')]] : []))
  const statements = statementsOf(template)
  const functions = ofType('AWS::Lambda::Function').map(([id, it]) => {
    const key = it.get('Handler').string().replace('functions/', '').replace('.handler', '')
    const mapping = ofType('AWS::Lambda::EventSourceMapping').find(([, { value }]) =>
      JSON.stringify(value).includes(id),
    )
    const atOnce = mapping?.[1].get('ScalingConfig').get('MaximumConcurrency').number() ?? 1
    const environment = it.get('Environment').get('Variables').members()
    return { key, role: it.get('Role').get('Fn::GetAtt').list()[0]?.string(), environment, atOnce }
  })
  return {
    functions: new Map(functions.map(({ key, ...rest }) => [key, rest])),
    rights(key) {
      const role = functions.find((one) => one.key === key)?.role
      return statements.filter(({ owner }) => owner === role).flatMap(({ actions }) => actions)
    },
    types: new Set(resources.map(([, it]) => it.get('Type').string())),
    locked: [
      ...['AWS::SQS::Queue', 'AWS::SNS::Topic'].flatMap((type) => keysOf(ofType(type), 'KmsMasterKeyId')),
      ...['AWS::Logs::LogGroup', 'AWS::SecretsManager::Secret'].flatMap((type) => keysOf(ofType(type), 'KmsKeyId')),
      ...ofType('AWS::DynamoDB::Table').map(
        ([id, it]) => [id, it.get('SSESpecification').get('KMSMasterKeyId').value] as const,
      ),
    ],
    subscribed: ofType('AWS::SNS::Subscription').flatMap(([, it]) =>
      it.get('Protocol').value === 'email'
        ? [`${it.get('TopicArn').get('Ref').string()} ${it.get('Endpoint').string()}`]
        : [],
    ),
  }
}

const keysOf = (resources: readonly [string, Json][], property: string): [string, unknown][] =>
  resources.map(([id, it]) => [id, it.get(property).value])
