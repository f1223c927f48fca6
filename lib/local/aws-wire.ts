// The two protocols of AWS's smaller APIs before the same operations: JSON, and the older query (a form in, XML out).
import type { HttpAnswer } from './function-url.ts'
import { isObject, Json, parseJson, WrongJson } from './json.ts'

/** A call that the service would refuse: its name in JSON, its code in XML (the same, when left out), its HTTP status. */
export class Refused extends Error {
  override readonly name: string
  readonly code: string
  readonly status: number

  constructor(name: string, message: string, status = 400, code = name) {
    super(message)
    this.name = name
    this.code = code
    this.status = status
  }
}

export interface AwsApi {
  /** The operations by name: what they take and answer is as in JSON, but that an instant is a Date. */
  readonly operations: Readonly<Record<string, (input: Json) => object | Promise<object>>>
  /** How the same is written in the query protocol. */
  readonly query: {
    readonly namespace: string
    /** What stands for each item of this list or map, where it has no `member`: the name in XML by the name in JSON. */
    readonly items: (name: string, operation: string) => string | undefined
    /** The name in JSON by the name in a form, where it is another. */
    readonly lists: Readonly<Record<string, string>>
    /** The JSON names of maps, which are lists of `Name` and `Value` here. */
    readonly maps: readonly string[]
  }
}

/** Answers a call in awsJson1_0, with the errors' query codes in a header (as SDKs of query-compatible services read). */
export async function answerJson(target: string, body: string, api: AwsApi): Promise<HttpAnswer> {
  const headers = { 'content-type': 'application/x-amz-json-1.0' }
  try {
    const input = parseJson(body === '' ? '{}' : body, 'The body')
    const result = await perform(target.slice(target.indexOf('.') + 1), input, api)
    return { status: 200, headers, body: JSON.stringify(inSeconds(result)) }
  } catch (error) {
    const { name, code, message, status } = refusal(error)
    return {
      status,
      headers: { ...headers, 'x-amzn-query-error': `${code};Sender` },
      body: JSON.stringify({ __type: name, message }),
    }
  }
}

/** Answers a call in the query protocol. */
export async function answerQuery(form: URLSearchParams, api: AwsApi, requestId: string): Promise<HttpAnswer> {
  const headers = { 'content-type': 'text/xml' }
  const operation = form.get('Action') ?? ''
  const xmlns = api.query.namespace
  try {
    const result = await perform(operation, new Json(fromForm(form, api), 'The form'), api)
    const answer = {
      [`${operation}Result`]: members(result, operation, api),
      ResponseMetadata: { RequestId: requestId },
    }
    return {
      status: 200,
      headers,
      body: `<${operation}Response xmlns="${xmlns}">${toXml(answer)}</${operation}Response>`,
    }
  } catch (error) {
    const { code, message, status } = refusal(error)
    const answer = { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: requestId }
    return { status, headers, body: `<ErrorResponse xmlns="${xmlns}">${toXml(answer)}</ErrorResponse>` }
  }
}

async function perform(operation: string, input: Json, { operations }: AwsApi): Promise<object> {
  const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined
  if (!run) throw new Refused('InvalidAction', `The action ${operation} is not served on one machine`)
  return run(input)
}

/** Throws what is no fault of the sender. */
function refusal(error: unknown): Refused {
  if (error instanceof Refused) return error
  if (error instanceof WrongJson) return new Refused('SerializationException', error.message)
  throw error
}

/** JSON has its instants in epoch seconds. */
function inSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000
  if (Array.isArray(value)) return value.map(inSeconds)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inSeconds(member)]))
}

export type Xml = string | readonly Xml[] | { readonly [name: string]: Xml | undefined }

export function toXml(value: Xml): string {
  if (typeof value === 'string') return value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
  if (isList(value)) return value.map(toXml).join('')
  return Object.entries(value)
    .flatMap(([name, member]) => {
      if (member === undefined) return []
      return (isList(member) ? member : [member]).map((one) => `<${name}>${toXml(one)}</${name}>`)
    })
    .join('')
}

const isList = (value: Xml): value is readonly Xml[] => Array.isArray(value)

function members(value: object, operation: string, api: AwsApi): { readonly [name: string]: Xml } {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]: [string, unknown]): [string, Xml][] => {
      if (member === undefined) return []
      const item = api.query.items(name, operation)
      const content =
        api.query.maps.includes(name) && isObject(member)
          ? Object.entries(member).map(([Name, Value]) => ({ Name, Value }))
          : member
      if (!Array.isArray(content)) return [[name, xmlOf(content, operation, api)]]
      const items = content.map((one: unknown) => xmlOf(one, operation, api))
      return [item === undefined ? [name, { member: items }] : [item, items]]
    }),
  )
}

function xmlOf(value: unknown, operation: string, api: AwsApi): Xml {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' && value !== null ? members(value, operation, api) : String(value)
}

type Tree = Map<string, Tree | string>

/** Deeper than any input of these APIs. */
const DEEPEST = 20

/** `A.member.1.B=x` (or `A.1.B=x`) as `{A: [{B: 'x'}]}`. */
function fromForm(form: URLSearchParams, { query }: AwsApi): Readonly<Record<string, unknown>> {
  const root: Tree = new Map()
  for (const [key, value] of form) {
    const path = key.split('.', DEEPEST + 1).filter((part) => part !== 'member')
    if (path.length > DEEPEST) throw new WrongJson(`The form has a name of more than ${DEEPEST} parts`)
    const last = path.pop() ?? ''
    let at = root
    for (const part of path) {
      const next = at.get(part)
      const branch: Tree = typeof next === 'object' ? next : new Map()
      at.set(part, branch)
      at = branch
    }
    at.set(last, value)
  }
  return branches(root, query)
}

function branches(tree: Tree, query: AwsApi['query']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...tree].map(([key, value]) => {
      const name = query.lists[key] ?? key
      if (typeof value === 'string') return [name, NUMBERS.test(name) && /^-?\d+$/.test(value) ? Number(value) : value]
      if (![...value.keys()].every((index) => /^\d+$/.test(index))) return [name, branches(value, query)]
      const items = [...value]
        .toSorted(([one], [other]) => Number(one) - Number(other))
        .map(([, item]) => (typeof item === 'string' ? item : branches(item, query)))
      return [name, query.maps.includes(name) ? named(items) : items]
    }),
  )
}

/** What is a number in JSON; in a form everything is a text. */
const NUMBERS = /^Max|Seconds$|^VisibilityTimeout$/

const named = (items: readonly unknown[]): object =>
  Object.fromEntries(items.flatMap((item) => (isObject(item) ? [[String(item['Name']), item['Value']]] : [])))
