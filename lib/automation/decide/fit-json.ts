// Texts and JSON that are never longer than allowed and always valid: long texts are shortened before anything is left out.

/** `value` as JSON of at most `length` characters. What had to go is marked: texts end in `…`, lists and objects are cut short. */
export function fitJson(value: unknown, length: number): string {
  const whole = JSON.stringify(value)
  if (whole.length <= length) return whole
  for (const limit of [2000, 500, 150, 60]) {
    const text = JSON.stringify(shorten(value, limit, Infinity))
    if (text.length <= length) return text
  }
  for (const members of [50, 20, 8, 3]) {
    const text = JSON.stringify(shorten(value, 60, members))
    if (text.length <= length) return text
  }
  return JSON.stringify({ truncated: true })
}

function shorten(value: unknown, characters: number, members: number): unknown {
  if (typeof value === 'string') return value.length > characters ? `${cut(value, characters)}…` : value
  if (Array.isArray(value)) return value.slice(0, members).map((element) => shorten(element, characters, members))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, members)
        .map(([name, member]) => [cut(name, 200), shorten(member, characters, members)]),
    )
  return value
}

/** At most `length` UTF-16 units of a text, as AWS counts; it does not end in half a character. */
export const cut = (text: string, length: number): string => text.slice(0, length).replace(/[\uD800-\uDBFF]$/u, '')

/** At most `length` UTF-16 units of a text; what was cut ends in `…`. */
export const shortened = (text: string, length: number): string =>
  text.length > length ? `${cut(text, length - 1)}…` : text
