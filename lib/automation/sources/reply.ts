// A person's answer to a page: an SMS (two-way SMS over SNS) or an e-mail (SES inbound over SNS).
import type { SQSRecord } from 'aws-lambda'
import { Fields, parseJson } from './fields.ts'
import { mailText, ownLines } from './mail-text.ts'
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
    codeIn(sms.optionalText('messageBody') ?? ''),
  )
}

function fromEmail(fields: Fields): Reply | ReplyWithoutCode {
  const mail = fields.object('mail')
  const headers = mail.object('commonHeaders')
  const [from] = headers.texts('from')
  const address = from && /([^\s<>"]+@[^\s<>"]+)>?\s*$/.exec(from)?.[1]
  if (!address) throw mail.malformed('commonHeaders.from', 'must hold an e-mail address')
  const reply = {
    channelType: 'EMAIL',
    from: address.toLowerCase(),
    identity: `email/${mail.text('messageId')}`,
  } as const
  // What a machine sends for somebody who is away is nobody's answer.
  if (isAutomatic(mail)) return reply
  const subject = headers.optionalText('subject') ?? ''
  const pageArn = PAGE_IN_SUBJECT.exec(subject)?.[1]
  const code = codeIn(subject.replace(PAGE_IN_SUBJECT, ' ')) ?? codeIn(ownLines(mailText(contentOf(fields))).join('\n'))
  return withCode({ ...reply, ...(pageArn ? { pageArn } : {}) }, code)
}

const PAGE_IN_SUBJECT = /\[(arn:[a-z-]+:ssm-contacts:[^\]\s]+:page\/[^\]\s]+)\]/

const withCode = (reply: Omit<Reply, 'code'>, code: string | undefined): Reply | ReplyWithoutCode =>
  code === undefined
    ? { channelType: reply.channelType, from: reply.from, identity: reply.identity }
    : { ...reply, code }

/** The first number of six digits that stands alone: not part of a longer number or of a word. */
const codeIn = (text: string): string | undefined => /(?<![\p{L}\p{N}_])\d{6}(?![\p{L}\p{N}_])/u.exec(text)?.[0]

const isAutomatic = (mail: Fields): boolean =>
  mail
    .objects('headers')
    .some(
      (header) =>
        header.optionalText('name')?.toLowerCase() === 'auto-submitted' &&
        header.optionalText('value')?.toLowerCase() !== 'no',
    )

/** SES gives the raw e-mail, in base64 where the rule says so. */
function contentOf(fields: Fields): string {
  const content = fields.optionalText('content') ?? ''
  const encoding = fields.optionalObject('receipt')?.optionalObject('action')?.optionalText('encoding')
  return encoding?.toUpperCase() === 'BASE64' ? Buffer.from(content, 'base64').toString('utf8') : content
}
