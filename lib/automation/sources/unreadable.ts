// A message that nobody can read, as an event of its own: whence it came, what is wrong with it, and how it begins.
import type { Place } from '../../aws/arn.ts'
import { Fields, isJson, type Json } from './fields.ts'
import type { MalformedInput, PlainEvent } from './signal.ts'
import { topicRecords } from './topic-message.ts'

export interface Unread {
  /** The same message delivered again has the same. */
  readonly messageId: string
  readonly body: string
}

type UnreadEvent = PlainEvent & Required<Pick<PlainEvent, 'about'>>

/** Whatever else it says, it is one incident per intake that messages cannot be read. */
export function unreadable({ messageId, body }: Unread, error: MalformedInput, here: Place, now: Date): UnreadEvent {
  const { intake, text, id = messageId } = whence(body)
  const identity = `unreadable/${id}`
  const key = `unreadable/${intake}`
  const begins = excerpt(text)
  return {
    kind: 'event',
    identity,
    envelope: {
      id,
      source: 'tocsin.intake',
      'detail-type': 'Message that cannot be read',
      ...here,
      time: now.toISOString(),
      resources: [],
      detail: { intake, problem: error.message, begins },
    },
    at: now,
    about: {
      key,
      subject: key,
      title: `Messages that cannot be read, by ${intake}`,
      state: 'ALARM',
      text: `A message by ${intake} cannot be read (${error.message}), so nobody knows what it wants to tell. ${begins ? `It begins: ${begins}` : 'It is empty'}. It is tried again, and then waits among the dead letters.`,
    },
  }
}

const LONGEST_NAME = 256

interface Whence {
  readonly intake: string
  readonly text: string
  /** What it is called by who sent it, whatever queue it went through since. */
  readonly id?: string
}

function whence(body: string): Whence {
  const json = jsonOf(body)
  if (!json) return { intake: 'the alarm queue', text: body }
  if ('requestPayload' in json) return ofInvocation(json)
  return ofTopic(json) ?? { intake: 'detail-type' in json ? 'EventBridge' : 'the alarm queue', text: body }
}

function ofInvocation({ requestPayload: payload, requestContext: context }: Json): Whence {
  const [message] = (isJson(payload) && topicRecords(payload)) || []
  const id = isJson(context) ? new Fields('invocation', context).optionalText('requestId') : undefined
  const whole = { intake: 'invocation', text: JSON.stringify(payload), ...(id ? { id } : {}) }
  return (message && ofTopic(message)) ?? whole
}

function ofTopic(json: Json): Whence | undefined {
  const fields = new Fields('message', json)
  const [topic, id] = [fields.optionalText('TopicArn'), fields.optionalText('MessageId')]
  if (!topic) return undefined
  const said = [fields.optionalText('Subject'), fields.optionalText('Message')].filter(Boolean).join(': ')
  const intake = `SNS topic ${(topic.split(':').at(-1) ?? '').slice(0, LONGEST_NAME)}`
  return { intake, text: said, ...(id ? { id: id.slice(0, LONGEST_NAME) } : {}) }
}

function jsonOf(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return isJson(json) ? json : undefined
  } catch {
    return undefined
  }
}

const LOOKED_AT = 2000
const LONGEST_EXCERPT = 300

/** How a text begins, without what looks like a secret. */
function excerpt(text: string): string {
  const plain = SECRETS.reduce((so, [secret, instead]) => so.replace(secret, instead), text.slice(0, LOOKED_AT))
  const line = plain.replace(/[\s\p{C}]+/gu, ' ').trim()
  return line.length > LONGEST_EXCERPT || text.length > LOOKED_AT ? `${line.slice(0, LONGEST_EXCERPT)}…` : line
}

/** Each is looked for in at most 2,000 characters. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^]*/g, '…'],
  [/(:\/\/)[^\s/@]{1,200}@/g, '$1…@'],
  [/(\?)[^\s"'<>]{1,2000}/g, '$1…'],
  [
    /(authorization|password|passwd|passphrase|pwd|secret|token|credentials?|signature|cookie|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key)([\w-]{0,20}["'\\]{0,2}\s{0,2}[:=]\s{0,2}["'\\]{0,2})(?:(?:bearer|basic)\s)?[^\s"'\\,;&]{1,2000}/gi,
    '$1$2…',
  ],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,2000}/gi, '$1 …'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '…'],
  [/(?=[\w+/=-]{0,200}\d)(?=[\w+/=-]{0,200}[A-Za-z])[\w+/=-]{32,2000}/g, '…'],
]
