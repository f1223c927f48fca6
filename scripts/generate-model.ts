// Writes lib/incident-manager/model/*.generated.ts from AWS's service models: node scripts/generate-model.ts <folder with ssm-incidents.json and ssm-contacts.json>
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Model, OperationModel, Shape, Structure } from '../lib/incident-manager/model/model.ts'

interface Reference {
  shape: string
  location?: 'uri' | 'querystring'
  locationName?: string
  idempotencyToken?: true
}

/** The part of AWS's service model files that is read here. */
interface ServiceModel {
  operations: Record<
    string,
    {
      http: { method: OperationModel['method']; requestUri: string; responseCode?: number }
      input: Reference
      output: Reference
      errors: Reference[]
    }
  >
  shapes: Record<
    string,
    {
      type: string
      members?: Record<string, Reference>
      required?: string[]
      union?: true
      member?: Reference
      key?: Reference
      value?: Reference
      min?: number
      max?: number
      pattern?: string
      enum?: string[]
      fault?: true
      error?: { httpStatusCode: number }
    }
  >
}

const folder = process.argv[2]
if (!folder) throw new Error('Say where the service models are: node scripts/generate-model.ts <folder>')

/** Members without which a structure makes no sense, though the model lets them be missing (chosen). */
const REQUIRED_TOO: Readonly<Record<Model['service'], Readonly<Record<string, string[]>>>> = {
  'ssm-incidents': {},
  'ssm-contacts': { Tag: ['Key', 'Value'], PreviewOverride: ['StartTime', 'EndTime'] },
}

function compact(service: Model['service'], source: ServiceModel): Model {
  const operations: Record<string, OperationModel> = {}
  const exceptions: Record<string, number> = {}
  const shapes: Record<string, Shape> = {}
  const add = (name: string): string => {
    if (!shapes[name]) {
      shapes[name] = { type: 'boolean' } // stands in until the shape is known, should it contain itself
      shapes[name] = compactShape(name)
    }
    return name
  }
  const compactShape = (name: string): Shape => {
    const shape = source.shapes[name]
    if (!shape) throw new Error(`${service} names a shape that it does not have: ${name}`)
    const { min, max } = shape
    switch (shape.type) {
      case 'structure':
        return structure(shape.members ?? {}, REQUIRED_TOO[service][name] ?? shape.required, shape.union)
      case 'list':
        return { type: 'list', member: add(given(shape.member, name)), min, max }
      case 'map':
        return { type: 'map', key: add(given(shape.key, name)), value: add(given(shape.value, name)), min, max }
      case 'string':
        return { type: 'string', min, max, pattern: shape.pattern, enum: shape.enum }
      case 'integer':
        return { type: 'integer', min, max }
      case 'boolean':
      case 'timestamp':
        return { type: shape.type }
      default:
        throw new Error(`${service} has a shape of a type that the protocol does not know: ${name} is ${shape.type}`)
    }
  }
  const structure = (members: Record<string, Reference>, required?: string[], union?: true): Structure => {
    for (const [name, member] of Object.entries(members))
      if ((member.locationName ?? name) !== name)
        throw new Error(`${service}: ${name} has another name on the wire, which the protocol does not know`)
    const where = (test: (member: Reference) => boolean) => {
      const names = Object.entries(members).flatMap(([name, member]) => (test(member) ? [name] : []))
      return names.length ? names : undefined
    }
    return {
      type: 'structure',
      members: Object.fromEntries(Object.entries(members).map(([name, member]) => [name, add(member.shape)])),
      required,
      union,
      query: where((member) => member.location === 'querystring'),
      label: where((member) => member.location === 'uri')?.[0],
      token: where((member) => member.idempotencyToken === true)?.[0],
    }
  }

  for (const [name, { http, input, output, errors }] of Object.entries(source.operations)) {
    operations[name] = {
      method: http.method,
      path: http.requestUri,
      status: http.responseCode ?? 200,
      input: add(input.shape),
      output: add(output.shape),
    }
    for (const { shape } of errors) {
      const { error, fault } = source.shapes[add(shape)] ?? {}
      exceptions[shape] = error?.httpStatusCode ?? (fault ? 500 : 400)
    }
  }
  return { service, operations, shapes, exceptions }
}

function given(reference: Reference | undefined, owner: string): string {
  if (!reference) throw new Error(`${owner} does not say what it holds`)
  return reference.shape
}

function print(service: string, model: Model): string {
  const table = (entries: Readonly<Record<string, unknown>>): string =>
    Object.entries(entries)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `    ${name}: ${literal(value)},\n`)
      .join('')
  const constant = service.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return `// The facts of AWS's ${service} API, generated by scripts/generate-model.ts: do not edit.
import type { Model } from './model.ts'

export const ${constant}: Model = {
  service: '${service}',
  operations: {
${table(model.operations)}  },
  exceptions: ${literal(model.exceptions)},
  shapes: {
${table(model.shapes)}  },
}
`
}

/** A TypeScript literal; members without a value are left out. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined)
    return `{ ${members.map(([name, member]) => `${name}: ${literal(member)}`).join(', ')} }`
  }
  return JSON.stringify(value)
}

for (const service of ['ssm-incidents', 'ssm-contacts'] as const) {
  const file: { 'service-2': ServiceModel } = JSON.parse(await readFile(join(folder, `${service}.json`), 'utf8'))
  const model = compact(service, file['service-2'])
  const target = join(import.meta.dirname, `../lib/incident-manager/model/${service}.generated.ts`)
  await writeFile(target, print(service, model))
}
