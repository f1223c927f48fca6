// A template of CloudFormation in YAML, with the short forms of its functions, as the template that one account and Region gets of it.
import { readFileSync } from 'node:fs'
import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'
import type { Place } from '../../lib/aws/arn.ts'
import { isObject, Json } from '../../lib/local/json.ts'
import { decideConditions } from '../../scripts/conditions.ts'

/** Merges (`<<`) stay members of that name. Throws what YAML or this file does not understand. */
export function readYaml(file: string): Json {
  const document = parseDocument(readFileSync(file, 'utf8'), { logLevel: 'error' })
  for (const error of document.errors) throw error
  return new Json(toJson(document.contents), file)

  function toJson(node: unknown): unknown {
    if (isAlias(node)) return toJson(node.resolve(document))
    if (isMap(node))
      return Object.fromEntries(node.items.map(({ key, value }) => [String(key), toJson(value)] as const))
    if (isSeq(node)) return called(node, node.items.map(toJson))
    if (isScalar(node)) return called(node, node.value)
    throw new Error(`${file}: what is ${String(node)}?`)
  }
}

/** `!Sub text` is `{'Fn::Sub': text}`. */
function called({ tag }: Node & { readonly tag?: string | undefined }, value: unknown): unknown {
  if (!tag?.startsWith('!')) return value
  if (tag === '!Ref') return { Ref: value }
  return { [`Fn::${tag.slice(1)}`]: tag === '!GetAtt' ? String(value).split('.') : value }
}

/** With these parameters, or their defaults, there: without parameters and conditions, and with as few functions as can be. */
export function deployedAt(template: Json, { account, region }: Place, given: Readonly<Record<string, string>>): Json {
  const { Parameters, ...rest } = template.members()
  const values = new Map<string, unknown>([
    ['AWS::Partition', 'aws'],
    ['AWS::AccountId', account],
    ['AWS::Region', region],
  ])
  for (const [name, parameter] of new Json(Parameters, 'Parameters').entries()) {
    const value = given[name] ?? parameter.get('Default').string()
    values.set(name, parameter.get('Type').string() === 'CommaDelimitedList' ? value.split(',') : value)
  }
  return new Json(decideConditions(members(fill(rest))), template.path)

  function fill(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(fill)
    if (!isObject(value)) return value
    if (typeof value['Ref'] === 'string' && values.has(value['Ref'])) return values.get(value['Ref'])
    const text = value['Fn::Sub']
    if (typeof text === 'string') {
      const filled = text.replaceAll(/\$\{([^}]+)\}/gu, (whole: string, name: string) => {
        const value = values.get(name)
        return typeof value === 'string' ? value : whole
      })
      return filled.includes('${') ? { 'Fn::Sub': filled } : filled
    }
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fill(member)]))
  }
}

const members = (value: unknown): Readonly<Record<string, unknown>> => new Json(value, 'template').members()
