// The fields that every event has by whatever road it came, and which of them somebody meant who wrote another name.

/** Fields that hold one text, which is never empty. */
export const TEXTS = ['id', 'source', 'detail-type', 'account', 'region', 'time'] as const
const FIELDS = [...TEXTS, 'resources', 'detail']

/** Names inside `detail` that are written at the top by mistake, in small letters. */
const IN_DETAIL = new Map([
  ['alarmname', 'detail.alarmName'],
  ['name', 'detail.alarmName'],
  ['state', 'detail.state.value'],
  ['previousstate', 'detail.previousState.value'],
  ['eventtypecategory', 'detail.eventTypeCategory'],
])

export const isText = (field: string): boolean => TEXTS.some((name) => name === field)

/** Whether an event can have a value at a field, whose name is joined by dots. */
export const mayHaveValue = (field: string): boolean =>
  isText(field) || field === 'resources' || field.startsWith('detail.')

/** What is wrong with a field that no event has a value at, and what to write. */
export function wrongField(field: string): string {
  if (field === 'detail') return 'holds fields, not a value: name one of them'
  if (field === 'version') return 'is a field that is the same in every event, and is not kept: leave it out'
  const [root = ''] = field.split('.')
  if (isText(root) || root === 'resources') return `is no field of any event: ${root} has nothing below it`
  const meant = nearest(root)
  return `is no field of any event${meant === undefined ? '' : `: did you mean ${meant}?`} (${FIELDS.join(', ')}; fields of your own are below detail)`
}

export function nearest(name: string): string | undefined {
  const plain = letters(name)
  const inDetail = IN_DETAIL.get(plain)
  if (inDetail !== undefined) return inDetail
  const [best] = FIELDS.map((field) => ({ field, distance: distance(plain, letters(field)) })).toSorted(
    (a, b) => a.distance - b.distance,
  )
  return best && best.distance <= Math.min(2, plain.length / 3) ? best.field : undefined
}

export const letters = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]/gu, '')

/** How many letters are to be put in, taken out or changed. What is much longer is nothing's typing error. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return 3
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [at, letter] of one.split('').entries()) {
    const next = [at + 1]
    for (const [index, target] of other.split('').entries())
      next.push(
        Math.min((row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1, (row[index] ?? 0) + (letter === target ? 0 : 1)),
      )
    row = next
  }
  return row.at(-1) ?? 0
}

/** The field of every alarm that somebody meant who wrote it, or the beginning of what is below it, in other letters. */
export const alarmFieldMeant = (field: string): string | undefined =>
  ALARM_FIELDS.find((name) => inOtherLetters(name, field))

const ALARM_FIELDS = [
  'detail.alarmName',
  'detail.state',
  'detail.state.value',
  'detail.previousState',
  'detail.previousState.value',
  'detail.configuration',
  'detail.operation',
  'detail.muteDetail',
]

/** Whether it is this one, or below this one, but for the size of its letters and its signs. */
function inOtherLetters(name: string, field: string): boolean {
  const names = name.split('.')
  const asked = field.split('.').slice(0, names.length)
  return asked.join('.') !== name && asked.map(letters).join('.') === names.map(letters).join('.')
}
