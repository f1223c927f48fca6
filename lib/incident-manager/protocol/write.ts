// Values of the model on their way out: instants become epoch seconds, members without a value are left out.
import { shapeOf, structureOf, type Model } from '../model/model.ts'

export type Json = string | number | boolean | Json[] | { [name: string]: Json }

/** The JSON of a structure of the model. Members that it does not have are left out; a value of a wrong type throws. */
export function writeStructure(model: Model, name: string, value: object): { [name: string]: Json } {
  const { members } = structureOf(model, name)
  const source: Record<string, unknown> = { ...value }
  const json: { [name: string]: Json } = {}
  for (const member in members) {
    const shape = members[member]
    const found = source[member]
    if (shape !== undefined && found !== undefined && found !== null) json[member] = write(model, shape, found)
  }
  return json
}

function write(model: Model, name: string, value: unknown): Json {
  const shape = shapeOf(model, name)
  switch (shape.type) {
    case 'structure':
      if (typeof value === 'object' && value !== null) return writeStructure(model, name, value)
      break
    case 'list':
      if (Array.isArray(value)) return value.map((element) => write(model, shape.member, element))
      break
    case 'map':
      if (typeof value === 'object' && value !== null)
        return Object.fromEntries(
          Object.entries(value).map(([key, member]) => [key, write(model, shape.value, member)]),
        )
      break
    case 'timestamp':
      // Whole milliseconds, so at most three decimals (api-facts, Both: "Timestamps out").
      if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime() / 1000
      break
    case 'string':
      if (typeof value === 'string') return value
      break
    case 'integer':
      if (typeof value === 'number' && Number.isInteger(value)) return value
      break
    case 'boolean':
      if (typeof value === 'boolean') return value
      break
  }
  throw new TypeError(`An operation answered ${typeof value} where the model has the ${shape.type} ${name}`)
}
