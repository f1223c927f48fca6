// A person's answer to a page: an SMS (two-way SMS over SNS) or an e-mail (SES inbound over SNS). A machine's is nobody's.
import type { SQSRecord } from 'aws-lambda'
import { isAutomatic } from './automatic-mail.ts'
import { Fields, parseJson } from './fields.ts'
import { type Header, parseMail } from './mail-text.ts'
import { ownCode } from './own-words.ts'
import type { Reply } from './signal.ts'
import { bodyOf, parseTopicMessage } from './topic-message.ts'

/** A message of a person that holds no code: nothing can be accepted by it. */
export interface ReplyWithoutCode extends Omit<Reply, 'code' | 'pageArn'> {
  readonly code?: undefined
}

/** Throws MalformedInput where the record is no reply at all. */
export function parseReply(record: Pick<SQSRecord, 'body' | 'messageId'>): Reply | ReplyWithoutCode {
  const { message } = parseTopicMessage(bodyOf(record))
  const json = parseJson('reply', 'Message', message)
  const fields = new Fields('reply', json)
  return 'mail' in json ? fromEmail(fields) : fromSms(fields)
}

function fromSms(sms: Fields): Reply | ReplyWithoutCode {
  return withCode(
    {
      channelType: 'SMS',
      from: sms.text('originationNumber'),
      identity: `sms/${sms.text('inboundMessageId')}`,
    },
    ownCode(sms.optionalText('messageBody') ?? ''),
  )
}

function fromEmail(fields: Fields): Reply | ReplyWithoutCode {
  const mail = fields.object('mail')
  const common = mail.object('commonHeaders')
  const from = addressIn(common.texts('from')[0] ?? '')
  if (!from) throw mail.malformed('commonHeaders.from', 'must hold an e-mail address')
  const reply = { channelType: 'EMAIL', from, identity: `email/${mail.text('messageId')}` } as const
  const content = parseMail(contentOf(fields))
  const subject = common.optionalText('subject') ?? ''
  // SES tells of no more than 10 KB of headers, and the raw mail is there only where the rule's action sends it.
  const headers = [...headersOf(mail), ...content.headers]
  const returnPaths = [mail.get('source'), common.get('returnPath')].filter((path) => typeof path === 'string')
  if (isAutomatic({ headers, subject, from, returnPaths })) return reply
  const { pageArn, rest } = pageIn(subject)
  const [inSubject, inText] = [ownCode(rest), ownCode(content.text)]
  // Beside the page's ARN stands the title that we gave it, and a title may hold any number.
  const code = pageArn === undefined ? (inSubject ?? inText) : (inText ?? inSubject)
  return withCode({ ...reply, ...(pageArn ? { pageArn } : {}) }, code)
}

/** `"A, B" <B@Example.com>` is b@example.com; undefined where there is none at the end. */
function addressIn(from: string): string | undefined {
  const text = from.trimEnd()
  const end = text.endsWith('>') ? text.length - 1 : text.length
  let start = end
  while (start > 0 && end - start <= LONGEST_ADDRESS && !/[\s<>"]/.test(text.charAt(start - 1))) start -= 1
  const address = text.slice(start, end).toLowerCase()
  const at = address.indexOf('@')
  return at > 0 && at < address.length - 1 && address.length <= LONGEST_ADDRESS ? address : undefined
}

/** RFC 5321: 64 characters before the @, and 255 behind it. */
const LONGEST_ADDRESS = 320

const BRACKETS = /\[([^[\]\s]{1,1024})\]/g
const PAGE = /^arn:[a-z-]{1,20}:ssm-contacts:[^:]{0,40}:[^:]{0,20}:page\/./

/** The page that a subject names, and the subject without it. */
function pageIn(subject: string): { readonly pageArn: string | undefined; readonly rest: string } {
  const found = [...subject.matchAll(BRACKETS)].find(([, name = '']) => PAGE.test(name))
  return { pageArn: found?.[1], rest: found ? subject.replace(found[0], ' ') : subject }
}

const withCode = (reply: Omit<Reply, 'code'>, code: string | undefined): Reply | ReplyWithoutCode =>
  code === undefined
    ? { channelType: reply.channelType, from: reply.from, identity: reply.identity }
    : { ...reply, code }

const headersOf = (mail: Fields): Header[] =>
  mail.objects('headers').flatMap((header) => {
    const name = header.optionalText('name')?.toLowerCase()
    return name === undefined ? [] : [{ name, value: header.optionalText('value') ?? '' }]
  })

/** SES hands a mail of up to 150 KB to a topic, in base64 where the rule says so. */
const LONGEST_MAIL = 256 * 1024

/** The raw e-mail. Throws MalformedInput for one that is no mail of SES. */
function contentOf(fields: Fields): string {
  const content = fields.optionalText('content') ?? ''
  if (content.length > LONGEST_MAIL)
    throw fields.malformed('content', `has more than ${LONGEST_MAIL} characters, which SES hands to no topic`)
  const encoding = fields.optionalObject('receipt')?.optionalObject('action')?.optionalText('encoding')
  return encoding?.toUpperCase() === 'BASE64' ? Buffer.from(content, 'base64').toString('utf8') : content
}
