// An alarm's tags, which every road spells its own way, as EventBridge has them: an object of names and values.
import { Fields, isJson, type Json } from './fields.ts'

/** `detail` with its `alarmTags` as an object, whatever form they had; what is no tag of an alarm is left as it is. */
export function withTags(detail: Json): Json {
  const told = new Fields('alarm', detail).get('alarmTags')
  const tags = tagsOf(told)
  return tags && tags !== told ? { ...detail, alarmTags: tags } : detail
}

/**
 * `{team: 'payments'}`, or a list of `{Key, Value}` or `{key, value}`, from the first of `told` that is one. Undefined
 * where none is; of one key the last counts.
 */
export function tagsOf(...told: readonly unknown[]): Json | undefined {
  for (const tags of told) {
    if (isJson(tags)) return tags
    if (Array.isArray(tags)) return Object.fromEntries(tags.flatMap((tag: unknown) => (isJson(tag) ? pairOf(tag) : [])))
  }
  return undefined
}

function pairOf(tag: Json): [key: string, value: unknown][] {
  const fields = new Fields('tag', tag)
  const key = fields.optionalText('Key') ?? fields.optionalText('key')
  return key === undefined ? [] : [[key, fields.get('Value') ?? fields.get('value') ?? '']]
}
