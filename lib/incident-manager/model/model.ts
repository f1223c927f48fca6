// The facts of an API that the protocol needs: operations, shapes, constraints. The generated files have this type.

export interface Model {
  readonly service: 'ssm-incidents' | 'ssm-contacts'
  readonly operations: Readonly<Record<string, OperationModel>>
  readonly shapes: Readonly<Record<string, Shape>>
  /** The HTTP status of each exception; its shape has the same name. */
  readonly exceptions: Readonly<Record<string, number>>
}

export interface OperationModel {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** At most one label, and it comes last: `/tags/{resourceArn}`. */
  readonly path: string
  readonly status: number
  /** Names of structures. */
  readonly input: string
  readonly output: string
}

export interface Structure {
  readonly type: 'structure'
  /** Member name -> name of its shape. */
  readonly members: Readonly<Record<string, string>>
  readonly required?: readonly string[]
  /** Exactly one member is present. */
  readonly union?: true
  /** Members that travel in the query string instead of the body, and the one that is the path's label. */
  readonly query?: readonly string[]
  readonly label?: string
  /** The idempotency token, which clients fill in themselves. */
  readonly token?: string
}

export interface List {
  readonly type: 'list'
  readonly member: string
  readonly min?: number
  readonly max?: number
}

export interface Dictionary {
  readonly type: 'map'
  readonly key: string
  readonly value: string
  readonly min?: number
  readonly max?: number
}

export interface Text {
  readonly type: 'string'
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
}

export interface Integer {
  readonly type: 'integer'
  readonly min?: number
  readonly max?: number
}

export type Shape =
  | Structure
  | List
  | Dictionary
  | Text
  | Integer
  | { readonly type: 'boolean' }
  | { readonly type: 'timestamp' }

/** The shape of that name; the generator has checked that each name has one. */
export function shapeOf(model: Model, name: string): Shape {
  const shape = model.shapes[name]
  if (!shape) throw new Error(`The model of ${model.service} has no shape ${name}`)
  return shape
}

/** The structure of that name: inputs, outputs and exceptions are structures. */
export function structureOf(model: Model, name: string): Structure {
  const shape = shapeOf(model, name)
  if (shape.type !== 'structure') throw new Error(`The shape ${name} of ${model.service} is no structure`)
  return shape
}
