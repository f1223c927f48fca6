// A plugin of serverless that lets it deploy to moto, without a change of the project: what moto lacks is named here.
import { isObject } from '../../lib/local/json.ts'

/**
 * The types that moto's CloudFormation passes over, each with what that costs. What the story needs of them exists all the
 * same, made through moto's other services or by the driver.
 */
export const LACKING: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'nothing watches Tocsin itself',
  'AWS::Lambda::EventInvokeConfig':
    'no failed invocation is repeated: the driver takes each failure for one of the test',
  'AWS::Lambda::Url': 'the driver listens in its place',
  'AWS::S3::BucketPolicy': 'moto checks no policy',
  'AWS::SNS::Subscription': 'the driver subscribes the queues, and nobody by e-mail',
  'AWS::SNS::TopicPolicy': 'moto checks no policy',
  'AWS::SQS::QueuePolicy': 'moto checks no policy',
  'AWS::SecretsManager::Secret': 'the driver makes it, and whether it is kept when the stack is removed stays unseen',
}

/** The variable that has, as JSON, what stands for each of them to which others refer, by logical id. */
export const STAND_INS = 'MOTO_STAND_INS'

interface Serverless {
  readonly service: { readonly provider: { compiledCloudFormationTemplate: unknown; deploymentMethod?: string } }
  readonly pluginManager: { readonly getPlugins: () => readonly object[] }
}

export default class MotoPlugin {
  readonly hooks: Readonly<Record<string, () => void>>

  constructor({ service: { provider }, pluginManager }: Serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        provider.compiledCloudFormationTemplate = standIn(provider.compiledCloudFormationTemplate)
        // By UpdateStack: after a change set moto tells of no outputs.
        provider.deploymentMethod = 'direct'
      },
      // moto has cfn-lint validate a template, and refuses one for a mere warning: about the DependsOn that osls adds itself.
      'before:aws:deploy:deploy:validateTemplate': () => {
        for (const plugin of pluginManager.getPlugins())
          if ('validateTemplate' in plugin) plugin.validateTemplate = () => Promise.resolve()
      },
    }
  }
}

/** The template with each reference to what moto passes over replaced: moto refuses it otherwise. */
function standIn(value: unknown): unknown {
  const standIns: unknown = JSON.parse(process.env[STAND_INS] ?? '{}')
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk)
    if (!isObject(part)) return part
    const { Ref: ref, 'Fn::GetAtt': attribute } = part
    const id = typeof ref === 'string' ? ref : Array.isArray(attribute) ? String(attribute[0]) : undefined
    if (id !== undefined && isObject(standIns) && id in standIns) return standIns[id]
    return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, walk(member)]))
  }
  return walk(value)
}
