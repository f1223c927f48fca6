// Whether a machine sent an e-mail: auto-responders, mailing lists, mail servers. Nobody has read anything because of it.
import type { Header } from './mail-text.ts'

interface Sent {
  /** Names in lower case, from wherever the mail's headers are known. */
  readonly headers: readonly Header[]
  readonly subject: string
  /** Who wrote it: an address, lower case. */
  readonly from: string
  /** To whom its failure would be told, as far as that is known: nobody, for what a mail server sends. */
  readonly returnPaths: readonly string[]
}

/** RFC 3834 (automatic responses), RFC 3464 (delivery reports), RFC 2919 and 2369 (lists), and what is set besides in the wild. */
export const isAutomatic = ({ headers, subject, from, returnPaths }: Sent): boolean =>
  [from, ...returnPaths].some(isMachine) || SUBJECT.test(subject.trimStart()) || headers.some(saysSo)

/** A mail server, or a mailbox that nobody reads. */
const isMachine = (address: string): boolean =>
  isNobody(address) || /^(?:mailer-daemon|postmaster|no-?_?reply|do-?_?not-?_?reply)(?:@|\+|$)/i.test(bare(address))

const bare = (address: string): string => address.trim().replace(/^<([^<>]*)>$/, '$1')
const isNobody = (address: string): boolean => bare(address).trim() === ''

/** How mail programs begin the subject when they answer for somebody who is away. */
const SUBJECT =
  /^(?:auto(?:matic|mated|matische|matisk|matica)?[- ]?(?:reply|response|antwort|svar)\b|auto: |out of (?:the )?office\b|abwesenheits(?:notiz|nachricht)|abwesend:|r[ée]ponse automatique|respuesta autom[áa]tica|risposta automatica|resposta autom[áa]tica|absence du bureau|fuera de (?:la )?oficina|undeliver(?:ed|able)|delivery status notification|mail delivery (?:failed|subsystem))/i

function saysSo({ name, value }: Header): boolean {
  // A comment or a parameter may follow the word.
  const word = value.toLowerCase().split(/[\s;,(]/, 1)[0] ?? ''
  switch (name) {
    case 'auto-submitted':
      return word !== 'no'
    case 'return-path':
      return isMachine(value)
    case 'precedence':
    case 'x-precedence':
      return /^(?:bulk|list|junk|auto[-_]?reply)$/.test(word)
    case 'content-type':
      return /^(?:multipart\/report|message\/(?:delivery-status|disposition-notification|feedback-report))/i.test(value)
    default:
      return (name.startsWith('list-') || MARKS.test(name)) && !/^(?:no|none|false|0)$/.test(word)
  }
}

/** Set only on what a machine answers or makes. (Feedback-ID is not: SES sets it on whatever a person sends by it, or by WorkMail.) */
const MARKS =
  /^x-(?:mail-)?auto-?_?(?:reply|respon|generated|submitted)|^x-(?:vacation|out-?of-?office|oof|failed-recipients|fc-machinegenerated|post-messageclass|ms-exchange-inbox-rules-loop|ms-exchange-generated-message-source)|^auto-?reply$/
