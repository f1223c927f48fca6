// A compiled template against the CloudFormation schemas of @aws-cdk/aws-service-spec: names, required members, types.
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec'
import { isObject, type Json } from '../../lib/local/json.ts'

type Database = Awaited<ReturnType<typeof loadAwsServiceSpec>>
type Resource = ReturnType<typeof lookup>[number]
type Properties = Resource['properties']
type Type = Properties[string]['type']

const lookup = (db: Database, type: string) => db.lookup('resource', 'cloudFormationType', 'equals', type)

let loaded: Promise<Database> | undefined

const RESOURCE_MEMBERS = ['Type', 'Properties', 'DependsOn', 'DeletionPolicy', 'UpdateReplacePolicy', 'Metadata']

/** Answers what CloudFormation would refuse, each with the place. */
export async function schemaProblems(template: Json): Promise<string[]> {
  const db = await (loaded ??= loadAwsServiceSpec())
  const problems: string[] = []
  const written = template.get('Resources').entries()
  const schemas = new Map(
    written.map(([id, resource]) => [id, lookup(db, resource.get('Type').optionalString() ?? '')[0]]),
  )
  for (const [id, resource] of written) {
    for (const name of Object.keys(resource.members()))
      if (!RESOURCE_MEMBERS.includes(name)) problems.push(`${id}.${name} is unknown`)
    const schema = schemas.get(id)
    if (schema) checkObject(resource.get('Properties').value ?? {}, schema.properties, id)
    else problems.push(`${id} is of the unknown type ${resource.get('Type').optionalString()}`)
  }
  checkAttributes(template.value, 'template')
  return problems

  function checkObject(value: unknown, properties: Properties, path: string): void {
    if (!isObject(value)) return void problems.push(`${path} must be an object`)
    for (const [name, { required }] of Object.entries(properties))
      if (required && !Object.hasOwn(value, name)) problems.push(`${path}.${name} is missing`)
    for (const [name, member] of Object.entries(value)) {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined
      if (property) check(member, property.type, `${path}.${name}`)
      else problems.push(`${path}.${name} is unknown`)
    }
  }

  function check(value: unknown, type: Type, path: string): void {
    if (isFunction(value)) return
    switch (type.type) {
      case 'union': {
        const attempts = type.types.map((one) => problemsOf(() => check(value, one, path)))
        if (!attempts.some((found) => found.length === 0)) problems.push(...(attempts[0] ?? []))
        return
      }
      case 'array':
        if (Array.isArray(value)) for (const [at, one] of value.entries()) check(one, type.element, `${path}[${at}]`)
        else problems.push(`${path} must be a list`)
        return
      case 'map':
        if (isObject(value))
          for (const [name, one] of Object.entries(value)) check(one, type.element, `${path}.${name}`)
        else problems.push(`${path} must be an object`)
        return
      case 'ref':
        return checkObject(value, db.get('typeDefinition', type.reference).properties, path)
      case 'tag':
        if (!isObject(value) || !('Key' in value && 'Value' in value)) problems.push(`${path} must be a tag`)
        return
      case 'json':
        if (!isObject(value) && typeof value !== 'string') problems.push(`${path} must be an object`)
        return
      case 'integer':
        if (!Number.isInteger(value)) problems.push(`${path} must be a whole number`)
        return
      case 'number':
      case 'boolean':
        if (typeof value !== type.type) problems.push(`${path} must be a ${type.type}`)
        return
      case 'string':
        if (typeof value !== 'string') problems.push(`${path} must be a string`)
        else if (type.allowedValues && !type.allowedValues.includes(value))
          problems.push(`${path} must be one of ${type.allowedValues.join(', ')}, but is ${value}`)
        return
      case 'date-time':
      case 'null':
        return
    }
  }

  /** What `work` adds to the problems, which it takes back. */
  function problemsOf(work: () => void): string[] {
    const before = problems.length
    work()
    return problems.splice(before)
  }

  function checkAttributes(value: unknown, path: string): void {
    if (Array.isArray(value)) return value.forEach((one, at) => checkAttributes(one, `${path}[${at}]`))
    if (!isObject(value)) return
    for (const [name, member] of Object.entries(value)) {
      for (const [id, attribute] of attributesIn(name, member)) {
        const schema = schemas.get(id)
        if (schema && !Object.hasOwn(schema.attributes, attribute))
          problems.push(`${path} asks for ${id}.${attribute}, which ${schema.cloudFormationType} does not have`)
      }
      checkAttributes(member, `${path}.${name}`)
    }
  }
}

/** `{Ref: ...}` or `{'Fn::...': ...}`: of its type is known only what it is used for. */
const isFunction = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).length === 1 && /^(?:Ref|Fn::\w+)$/u.test(Object.keys(value)[0] ?? '')

function attributesIn(name: string, argument: unknown): [id: string, attribute: string][] {
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return [[String(argument[0]), argument.slice(1).join('.')]]
  if (name !== 'Fn::Sub') return []
  const text = Array.isArray(argument) ? String(argument[0]) : String(argument)
  return [...text.matchAll(/\$\{(\w+)\.([\w.]+)\}/gu)].map(([, id = '', attribute = '']) => [id, attribute])
}
