// Texts with fields of the event in them: `${detail.alarmName}`, `${resources.0}`; `$${` is a plain `${`.
import type { Envelope } from '../sources/signal.ts'
import { isObject } from './operators.ts'

const PLACE = /\$\$\{|\$\{([^}]*)\}/g

export interface Rendered {
  readonly text: string
  /** The fields that the event does not have; each left an empty text. */
  readonly missing: readonly string[]
}

/** The template with its fields filled in. Never throws; what is no text is written as JSON. */
export function render(template: string, envelope: Envelope): Rendered {
  const missing: string[] = []
  const text = template.replace(PLACE, (place: string, field: string | undefined) => {
    if (field === undefined) return place.slice(1)
    const value = valueAt(envelope, field.trim())
    if (value === undefined || value === null) {
      missing.push(field.trim())
      return ''
    }
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
  return { text, missing }
}

/** What is wrong with a template, or undefined. */
export function templateProblem(template: string): string | undefined {
  for (const [place, field] of template.matchAll(PLACE))
    if (field !== undefined && !/^\s*[^\s.]+(\.[^\s.]+)*\s*$/.test(field))
      return `must name a field in ${place}, such as \${detail.alarmName}`
  return template.replaceAll(PLACE, '').includes('${') ? 'has a ${ without its }; a plain ${ is written $${' : undefined
}

const valueAt = (envelope: Envelope, field: string): unknown =>
  field.split('.').reduce<unknown>((value, name) => {
    if (Array.isArray(value)) return /^\d+$/.test(name) ? value[Number(name)] : undefined
    return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  }, envelope)
