// The words in which a page reaches a person on each kind of channel, and how each can be answered.
import type { ChannelType } from '@aws-sdk/client-ssm-contacts'

export interface PageWords {
  readonly subject: string
  readonly content: string
  readonly publicSubject?: string | undefined
  readonly publicContent?: string | undefined
  readonly pageArn: string
  readonly code: string
}

export interface Message {
  readonly subject: string
  readonly body: string
}

const LONGEST_SMS = 300
const LONGEST_EMAIL_SUBJECT = 200

/** Subject and Content go to e-mail and voice, PublicSubject and PublicContent to SMS (api-facts, Behaviour: contacts). */
export const pageMessage = (channelType: ChannelType, words: PageWords): Message => WORDING[channelType](words)

const WORDING: Readonly<Record<ChannelType, (words: PageWords) => Message>> = {
  SMS: (words) => ({ subject: oneLine(words.publicSubject ?? words.subject), body: shortMessage(words) }),
  // A reply keeps the subject: the page's ARN in it says what is answered.
  EMAIL: (words) => ({
    subject: `${shortened(oneLine(words.subject), LONGEST_EMAIL_SUBJECT)} [${words.pageArn}]`,
    body: letter(words),
  }),
  VOICE: ({ subject, content, code }) => ({
    subject: oneLine(subject),
    body: `${oneLine(subject)}. ${content}. Your code to acknowledge is ${code.split('').join(' ')}.`,
  }),
}

function shortMessage({ subject, publicSubject, publicContent, code }: PageWords): string {
  const answer = `Reply ${code} to acknowledge.`
  const said = [publicSubject ?? subject, ...(publicContent && publicContent !== publicSubject ? [publicContent] : [])]
  const text = shortened(said.map(oneLine).join(': '), LONGEST_SMS - answer.length - 2)
  return `${text}${/[.!?…]$/u.test(text) ? '' : '.'} ${answer}`
}

/** What may be read by anybody, the log included: no more of it than a line. Undefined where nothing is meant for all. */
export function publicWords({ publicSubject, publicContent }: Partial<PageWords>): string | undefined {
  const said = [publicSubject, publicContent?.split('\n', 1)[0]].filter(Boolean).map(String)
  return said.length ? shortened(oneLine(said.join(': ')), LONGEST_EMAIL_SUBJECT) : undefined
}

const letter = ({ content, pageArn, code }: PageWords): string =>
  [
    content,
    '',
    `To acknowledge, reply to this message with ${code}, or run:`,
    `aws ssm-contacts accept-page --page-id ${pageArn} --accept-type READ --accept-code ${code}`,
  ].join('\n')

/** The code that proves who has a channel. */
export const activationMessage = (code: string): Message => ({
  subject: 'Activate this contact channel',
  body: `Your activation code is ${code}. It is good for 10 minutes.`,
})

const oneLine = (text: string): string => text.replace(/\s+/gu, ' ').trim()
const shortened = (text: string, longest: number): string => {
  const characters = Array.from(text)
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`
}
