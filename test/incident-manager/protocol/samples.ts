// Values that satisfy the model, made from the model: minimal (what is required), full (every member), or other (full, but
// the last member of a union and the last value of an enum instead of the first).
import { shapeOf, structureOf, type Model, type Text } from '../../../lib/incident-manager/model/model.ts'
import type { Data } from '../../../lib/incident-manager/protocol/constraints.ts'
import { matches } from '../../../lib/incident-manager/protocol/patterns.ts'

export type Extent = 'minimal' | 'full' | 'other'

const TEXTS = [
  'Zürich 東京 🔔 "quoted" <b>\\ \n',
  'ops-team',
  '123456',
  'arn:aws:ssm-contacts:us-east-1:111122223333:contact/ops',
  'arn:aws:ssm-incidents::111122223333:response-plan/critical',
  'arn:aws:iam::111122223333:role/runbooks',
  'related-item/METRIC/0123456789ABCDEF0123456789ABCDEF',
  '01234567-89ab-cdef-0123-456789abcdef',
]

/** A value of the shape of that name. */
export function sample(model: Model, name: string, extent: Extent): Data {
  const shape = shapeOf(model, name)
  switch (shape.type) {
    case 'structure':
      return sampleStructure(model, name, extent)
    case 'list':
      return Array.from({ length: Math.max(shape.min ?? 0, extent !== 'minimal' ? 1 : 0) }, () =>
        sample(model, shape.member, extent),
      )
    case 'map': {
      const key = shapeOf(model, shape.key)
      if (key.type !== 'string') throw new Error(`the keys of ${name} are no texts`)
      return extent !== 'minimal' || (shape.min ?? 0) > 0
        ? { [text(name, key, extent)]: sample(model, shape.value, extent) }
        : {}
    }
    case 'string':
      return text(name, shape, extent)
    case 'integer':
      return shape.max ?? shape.min ?? 7
    case 'boolean':
      return true
    case 'timestamp':
      // The contacts client sends whole seconds.
      return new Date(model.service === 'ssm-incidents' ? '2025-11-08T03:04:05.678Z' : '2025-11-08T03:04:05.000Z')
    default:
      throw new Error(`no sample for ${name}`)
  }
}

/** With its idempotency token, so that the client does not make up one. */
export function sampleStructure(model: Model, name: string, extent: Extent): { [member: string]: Data } {
  const shape = structureOf(model, name)
  const members = Object.keys(shape.members)
  const chosen = shape.union
    ? members.slice(...(extent === 'other' ? [-1] : [0, 1]))
    : members.filter((member) => extent !== 'minimal' || member === shape.token || shape.required?.includes(member))
  return Object.fromEntries(chosen.map((member) => [member, sample(model, shape.members[member] ?? '', extent)]))
}

function text(name: string, { pattern, enum: values, min = 0, max = Infinity }: Text, extent: Extent): string {
  const candidates = values && extent === 'other' ? values.toReversed() : (values ?? TEXTS)
  const fitting = candidates.find(
    (candidate) =>
      candidate.length >= min && candidate.length <= max && (pattern === undefined || matches(pattern, candidate)),
  )
  if (fitting === undefined) throw new Error(`no sample fits ${name}`)
  return fitting
}
