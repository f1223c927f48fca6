// AWS Health's events: all that it tells of one event (its ARN) is about one thing, which is over once it is closed.
import { Fields } from './fields.ts'
import type { Envelope, PlainEvent } from './signal.ts'

export const HEALTH_SOURCE = 'aws.health'

const LONGEST_ARN = 1600
const LONGEST_TEXT = 4000
/** Far longer than any name that AWS has; what is longer is not AWS's. */
const LONGEST_WORD = 100

/**
 * What an event of AWS Health says (AWS Health User Guide, "AWS Health events Amazon EventBridge schema"); undefined where
 * it is none, or names no event. The copy that AWS sends to another Region, and the same communication delivered again,
 * have the same identity. Never throws.
 */
export function healthEvent(envelope: Envelope, identity: string, sentAt: Date): PlainEvent | undefined {
  if (envelope.source !== HEALTH_SOURCE) return undefined
  const detail = new Fields('AWS Health Event', envelope.detail)
  const arn = detail.optionalText('eventArn')
  if (arn === undefined || arn.length > LONGEST_ARN || arn in Object.prototype) return undefined
  const word = (name: string): string | undefined => detail.optionalText(name)?.slice(0, LONGEST_WORD)
  const status = word('statusCode') ?? 'open'
  const isClosed = status === 'closed'
  const account = word('affectedAccount') ?? envelope.account
  const communication = word('communicationId')
  const title = `AWS Health: ${word('service') ?? 'AWS'} in ${regionOf(envelope) ?? 'an unnamed Region'}, ${word('eventTypeCode') ?? 'an event'}`
  const whose = account === envelope.account ? '' : ` for account ${account}`
  return {
    kind: 'event',
    identity: communication ? `health/${arn}/${account}/${communication}/${status}` : identity,
    envelope,
    // It is sent to the second: what is closed in the second in which it was opened is closed.
    at: isClosed ? new Date(sentAt.getTime() + 1) : sentAt,
    about: {
      key: arn,
      // Of an organization, each account's part is open and closed by itself.
      subject: account === envelope.account ? arn : `${arn}/account/${account}`,
      title,
      state: isClosed ? 'OK' : 'ALARM',
      text: `${title} is ${status}${whose}${pageOf(detail)}: ${textOf(detail)}`,
      link: { title: 'AWS Health Dashboard', url: DASHBOARDS[arn.split(':')[1] ?? ''] ?? DASHBOARD },
    },
  }
}

const DASHBOARD = 'https://health.aws.amazon.com/health/home'
const DASHBOARDS: Readonly<Record<string, string>> = {
  'aws-cn': 'https://health.amazonaws.cn/health/home',
  'aws-us-gov': 'https://health.amazonaws-us-gov.com/health/home',
}

/** The Region that an event is about (`global` where it is about none): the envelope's is where it was delivered. */
export function regionOf({ detail }: Envelope): string | undefined {
  const fields = new Fields('AWS Health Event', detail)
  const named = fields.optionalText('eventRegion') ?? fields.optionalText('eventArn')?.split(':', 4)[3]
  return named ? named.slice(0, LONGEST_WORD) : undefined
}

/** Whether it is the copy that AWS sends to the backup Region; AWS writes it as a text. */
export const isBackup = ({ detail }: Envelope): boolean => /^true$/i.test(String(detail['backupEvent']))

/** What affects many resources comes in pages, of which only the resources differ. */
function pageOf(detail: Fields): string {
  const [page, pages] = [detail.optionalText('page'), detail.optionalText('totalPages')]
  return page && pages && pages !== '1' ? ` (page ${page.slice(0, 5)} of ${pages.slice(0, 5)})` : ''
}

function textOf(detail: Fields): string {
  const texts = detail.objects('eventDescription')
  const english = texts.find((text) => text.optionalText('language')?.startsWith('en')) ?? texts[0]
  return english?.optionalText('latestDescription')?.slice(0, LONGEST_TEXT) ?? 'AWS gives no description'
}
