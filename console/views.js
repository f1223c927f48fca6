// Each part of the page as elements, out of what the APIs answered.
import { acknowledge } from './acknowledge.js'
import { callIncidents } from './api.js'
import { element, elapsed, time } from './elements.js'
import { quietWords } from './health.js'
import { sentenceOf, shortName } from './sentences.js'

const IMPACTS = ['', 'Critical', 'High', 'Medium', 'Low', 'No impact']
const CHANNELS = { SMS: 'SMS', EMAIL: 'E-mail', VOICE: 'Voice' }
const RECEIPTS = { SENT: 'sent', DELIVERED: 'delivered', READ: 'read', ERROR: 'failed', STOP: 'stopped' }
const SEND = 'npm run send -- events/cloudwatch/alarm.json'
/** What sends an alarm to this page's own machine; nothing where the page is on AWS. */
const NEXT_STEP = ['127.0.0.1', 'localhost'].includes(location.hostname)
  ? (location.port === '4600' ? '' : `PORT=${location.port} `) + SEND
  : ''

const impactOf = (impact) =>
  element('span', { class: `impact impact-${impact}` }, IMPACTS[impact] ?? `Impact ${impact}`)
const statusOf = (status) => element('span', { class: `status ${status.toLowerCase()}` }, status.toLowerCase())

/** The list; each entry is a link, so that it has an address and works by keyboard. */
export function incidentsView({ incidents, chosen, resolvedToo, health }) {
  if (!incidents.length) {
    const { title, text } = quietWords(health, resolvedToo)
    const next = health === 'failing' ? '' : NEXT_STEP
    return element(
      'section',
      { class: 'quiet' },
      element('img', { src: '/console/icon.svg', alt: '', width: '56', height: '56' }),
      element('h2', {}, title),
      element('p', {}, text + (next && ' To hear one ring, send an alarm:')),
      next && element('code', { class: 'command' }, next),
    )
  }
  return incidents.map(({ arn, title, impact, status, creationTime, resolvedTime }) =>
    element(
      'a',
      { class: `card impact-${impact}`, href: `#${arn}`, 'aria-current': arn === chosen && 'true' },
      element('strong', {}, title),
      element(
        'span',
        { class: 'facts' },
        impactOf(impact),
        statusOf(status),
        element('span', {}, resolvedTime ? 'resolved ' : 'since ', time(resolvedTime ?? creationTime)),
        element('span', { class: 'age' }, resolvedTime ? '' : elapsed(creationTime)),
      ),
    ),
  )
}

/** What is wrong and what to do, one part after the other; nothing where all is well. */
export const healthView = ({ problems, notes }) => [
  ...problems.map(({ title, detail }) =>
    element('section', { class: 'problem' }, element('h2', {}, title), element('p', {}, detail)),
  ),
  ...notes.map((note) => element('p', { class: 'note' }, note)),
]

/** The chosen incident, why it cannot be shown, or what to do. `changed` is called when something has been done about it. */
export function detailView(incident, changed) {
  if (!incident) return element('p', { class: 'choose' }, 'Choose an incident to see its pages and its timeline.')
  const back = element('a', { class: 'back', href: '#' }, '← All incidents')
  return incident.record
    ? [back, ...incidentView(incident, changed)]
    : [back, element('p', { class: 'none' }, incident.message)]
}

function incidentView({ record, pages, events, related }, changed) {
  const { arn, title, impact, status, summary, creationTime, resolvedTime, incidentRecordSource } = record
  return [
    element('h1', {}, title),
    element(
      'p',
      { class: 'facts' },
      impactOf(impact),
      statusOf(status),
      status === 'OPEN' &&
        element('button', { type: 'button', onclick: () => void resolve(arn, title, changed) }, 'Resolve'),
      element('span', {}, 'opened ', time(creationTime)),
      resolvedTime !== undefined && element('span', {}, 'resolved ', time(resolvedTime)),
      incidentRecordSource?.source && element('span', {}, `by ${incidentRecordSource.source}`),
    ),
    summary && element('p', { class: 'summary' }, summary),
    section('Pages', pages, (page) => pageView(page, status === 'OPEN', changed), 'Nobody has been paged.'),
    section('Timeline', events, eventView, 'Nothing has happened yet.'),
    section('Related items', related, relatedView, 'Nothing is attached.'),
    element('p', { class: 'arn' }, arn),
  ].filter(Boolean)
}

/** Asks first: it stops all paging for the incident. */
async function resolve(arn, title, changed) {
  if (!confirm(`Resolve "${title}"? Nobody is paged for it any more.`)) return
  const input = { arn, status: 'RESOLVED', clientToken: crypto.randomUUID() }
  await callIncidents('POST', '/updateIncidentRecord', input).then(changed, ({ message }) => alert(message))
}

const section = (title, entries, view, empty) =>
  element(
    'section',
    {},
    element('h2', {}, title, element('span', { class: 'count' }, String(entries.length))),
    entries.length
      ? element('ul', { class: title.toLowerCase().replace(' ', '-') }, entries.map(view))
      : element('p', { class: 'none' }, empty),
  )

/** One of the steps of a page: done at an instant, or not yet. */
const step = (name, seconds) =>
  seconds === undefined
    ? element('span', { class: 'step' }, name)
    : element('span', { class: 'step done' }, `${name} `, time(seconds))

function pageView(page, open, changed) {
  const { PageArn, ContactArn, SentTime, DeliveryTime, ReadTime, receipts, channel, stopped } = page
  const failed = receipts.filter(({ ReceiptType }) => ReceiptType === 'ERROR').at(-1)
  const who = shortName(ContactArn)
  const canAnswer = open && ReadTime === undefined
  return element(
    'li',
    { class: ReadTime === undefined ? 'page' : 'page read' },
    element(
      'div',
      { class: 'who' },
      element('strong', {}, who),
      channel && element('span', {}, [CHANNELS[channel.Type], channel.Name].filter(Boolean).join(' · ')),
      stopped && ReadTime === undefined && element('span', {}, 'engagement stopped'),
    ),
    element(
      'div',
      { class: 'steps', title: receipts.map(({ ReceiptType }) => RECEIPTS[ReceiptType] ?? ReceiptType).join(', ') },
      step('sent', SentTime),
      step('delivered', DeliveryTime),
      step('read', ReadTime),
      failed && element('span', { class: 'step failed' }, 'failed'),
    ),
    canAnswer &&
      element('button', { type: 'button', onclick: () => acknowledge(PageArn, who, changed) }, 'Acknowledge'),
  )
}

function eventView(event) {
  const { text, raw } = sentenceOf(event)
  return element(
    'li',
    { class: `event ${KINDS[event.eventType] ?? 'custom'}` },
    time(event.eventTime),
    element(
      'div',
      {},
      element('p', {}, text),
      raw && element('details', { id: event.eventId }, element('summary', {}, 'details'), element('pre', {}, raw)),
    ),
  )
}

const KINDS = {
  'SSM Incident Trigger': 'trigger',
  'SSM Incident Start': 'trigger',
  'SSM Incident Record Update': 'update',
  'SSM Contacts Page for Incident': 'paged',
  'SSM Contacts Page Acknowledgement for Incident': 'acknowledged',
}

function relatedView({ title, identifier }) {
  const { url, arn, metricDefinition, pagerDutyIncidentDetail } = identifier.value
  const kind = element('span', { class: 'kind' }, identifier.type.toLowerCase().replace('_', ' '))
  // Only http(s) becomes a link: a related item may name any address.
  if (url && /^https?:\/\//i.test(url))
    return element(
      'li',
      {},
      kind,
      element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, title ?? url),
    )
  const value = url ?? arn ?? metricDefinition ?? pagerDutyIncidentDetail?.id ?? ''
  return element(
    'li',
    {},
    kind,
    element('span', { title: value }, title ?? value),
    title && arn && element('small', {}, arn),
  )
}
