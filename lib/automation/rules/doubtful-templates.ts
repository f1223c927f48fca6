// Templates that never fill in what their writer meant: fields that no event has, and the brackets of other languages.
import { alarmFieldMeant, mayHaveValue, nearest } from './envelope-fields.ts'

export interface TemplateDoubt {
  readonly text: string
  /** It can only be a mistake; else it is perhaps meant. */
  readonly certain: boolean
}

const PLACE = /\$\$\{|\$\{([^}]*)\}/gu
const BRACES = /\{\{([^{}]*)\}\}/gu
const DOLLAR = /\$([A-Za-z][\w-]*(?:\.[\w-]+)*)/gu

/** What is doubtful about a template that is well formed. */
export function templateDoubts(template: string): readonly TemplateDoubt[] {
  const doubts: TemplateDoubt[] = []
  for (const [place, inside] of template.matchAll(PLACE)) {
    const field = inside?.trim()
    if (field === undefined) continue
    const ofAlarm = alarmFieldMeant(field)
    if (!isField(field))
      doubts.push({ text: `names in ${place} a field that no event has${meantBy(field)}`, certain: true })
    else if (ofAlarm !== undefined)
      doubts.push({ text: `names in ${place} what is written \${${ofAlarm}} in an alarm`, certain: false })
  }
  const rest = template.replaceAll(PLACE, '')
  for (const [place, inside = ''] of rest.matchAll(BRACES)) {
    const field = inside.replaceAll(/[\s$]/gu, '').replace(/^\./u, '')
    doubts.push({
      text: `has ${place}, which stays as it is: a field is written \${${field}}`,
      certain: isField(field),
    })
  }
  for (const [place, field = ''] of rest.replaceAll(BRACES, '').matchAll(DOLLAR))
    if (isField(field) || nearest(field) !== undefined)
      doubts.push({ text: `has ${place}, which stays as it is: a field is written \${${field}}`, certain: false })
  return doubts
}

const isField = (field: string): boolean => field === 'detail' || /^resources\.\d+$/u.test(field) || mayHaveValue(field)

function meantBy(field: string): string {
  const [root = '', ...others] = field.split('.')
  const meant = nearest(root)
  return meant === undefined
    ? ' (fields of your own are below detail)'
    : `: did you mean \${${[meant, ...others].join('.')}}?`
}
