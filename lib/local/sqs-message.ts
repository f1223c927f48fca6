// What an SQS message carries beside its body: its attributes, and the checksums that clients compare.
import { createHash, hash } from 'node:crypto'
import { parseJson, type Json } from './json.ts'
import { invalid } from './sqs-queues.ts'

const MAX_ATTRIBUTES = 10

export const bodyMd5 = (body: string): string => hash('md5', body)

/** The `MessageAttributes` of a call, checked, as JSON by name; undefined when there is none. */
export function attributesJson(input: Json): string | undefined {
  const entries = input.entries()
  if (entries.length === 0) return undefined
  if (entries.length > MAX_ATTRIBUTES)
    throw invalid(`Number of message attributes [${entries.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`)
  return JSON.stringify(Object.fromEntries(entries.map(([name, value]) => [name, attribute(name, value)])))
}

function attribute(name: string, value: Json): object {
  if (!/^(?!\.)(?!.*\.\.)(?!(?:aws|amazon)\.)[\w.-]{1,256}(?<!\.)$/i.test(name))
    throw invalid(`Invalid message attribute name: ${name}`)
  const DataType = value.get('DataType').string()
  const [, kind] = /^(String|Number|Binary)(?:\..+)?$/.exec(DataType) ?? []
  if (kind === undefined)
    throw invalid(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    )
  const member = kind === 'Binary' ? 'BinaryValue' : 'StringValue'
  const text = value.get(member).optionalString()
  if (!text) throw invalid(`The message attribute '${name}' must contain a non-empty ${member}.`)
  return { DataType, [member]: text }
}

/** Those that a receiver names: by name, by a beginning (`mark.*`), or all. */
export function namedAttributes(json: string | undefined, names: readonly string[]): string | undefined {
  if (json === undefined || names.includes('All') || names.includes('.*')) return json
  const found = parseJson(json, 'attributes')
    .entries()
    .filter(([name]) =>
      names.some((wanted) => (wanted.endsWith('.*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted)),
    )
  return found.length === 0
    ? undefined
    : JSON.stringify(Object.fromEntries(found.map(([name, { value }]) => [name, value])))
}

/** The checksum of attributes, as the SQS developer guide ("Calculating the MD5 message digest") has it. */
export function attributesMd5(json: string | undefined): string | undefined {
  if (json === undefined) return undefined
  const digest = createHash('md5')
  const put = (bytes: Buffer): void => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    digest.update(length).update(bytes)
  }
  const entries = parseJson(json, 'attributes').entries()
  for (const [name, value] of entries.toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const text = value.get('StringValue').optionalString()
    put(Buffer.from(name))
    put(Buffer.from(value.get('DataType').string()))
    digest.update(Buffer.from([text === undefined ? 2 : 1]))
    put(text === undefined ? Buffer.from(value.get('BinaryValue').string(), 'base64') : Buffer.from(text))
  }
  return digest.digest('hex')
}
