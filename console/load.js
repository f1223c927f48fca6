// What the page shows, as it is right now: read through the two APIs, the way any other client would.
import { callContacts, callIncidents, everyPage } from './api.js'

/** The open incidents, and the latest of the others if wanted; open ones first, newest first. */
export async function loadIncidents(resolvedToo) {
  const [open, others] = await Promise.all([listByStatus('OPEN'), resolvedToo ? listByStatus('RESOLVED') : []])
  const known = new Set(open.map(({ arn }) => arn))
  return [...open, ...others.filter(({ arn }) => !known.has(arn))].toSorted(
    (a, b) => a.status.localeCompare(b.status) || b.creationTime - a.creationTime,
  )
}

const listByStatus = (status) =>
  listIncidents('/listIncidentRecords', 'incidentRecordSummaries', {
    filters: [{ key: 'status', condition: { equals: { stringValues: [status] } } }],
  })

/** One incident with its pages, timeline and related items. */
export async function loadIncident(arn) {
  const [{ incidentRecord }, pages, events, related] = await Promise.all([
    callIncidents('GET', '/getIncidentRecord', { arn }),
    loadPages(arn),
    loadTimeline(arn),
    listIncidents('/listRelatedItems', 'relatedItems', { incidentRecordArn: arn }),
  ])
  return { record: incidentRecord, pages, events, related }
}

/** Newest first, each with its eventData, which the list does not have. */
async function loadTimeline(arn) {
  const incidentRecordArn = arn
  const summaries = await listIncidents('/listTimelineEvents', 'eventSummaries', { incidentRecordArn })
  return Promise.all(
    summaries.map(({ eventId, eventUpdatedTime }) =>
      remembered(`event ${arn} ${eventId} ${eventUpdatedTime}`, async () => {
        const { event } = await callIncidents('GET', '/getTimelineEvent', { incidentRecordArn, eventId })
        return event
      }),
    ),
  )
}

async function loadPages(IncidentId) {
  const engagements = await listContacts('ListEngagements', 'Engagements', { IncidentId })
  const pages = await Promise.all(engagements.map(loadPagesOf))
  return pages.flat().toSorted((a, b) => b.SentTime - a.SentTime)
}

async function loadPagesOf({ EngagementArn, StopTime }) {
  const pages = await listContacts('ListPagesByEngagement', 'Pages', { EngagementId: EngagementArn })
  return Promise.all(
    pages.map(async (page) => {
      const receipts = await listContacts('ListPageReceipts', 'Receipts', { PageId: page.PageArn })
      const channel = receipts.find(({ ContactChannelArn }) => ContactChannelArn)?.ContactChannelArn
      return { ...page, receipts, channel: channel && (await loadChannel(channel)), stopped: StopTime !== undefined }
    }),
  )
}

/** A channel's name and type; one that has been deleted since has none. */
const loadChannel = (ContactChannelId) =>
  remembered(`channel ${ContactChannelId}`, () =>
    callContacts('GetContactChannel', { ContactChannelId })
      .then(({ Name, Type }) => ({ Name, Type }))
      .catch(() => ({ Name: 'deleted channel' })),
  )

const listIncidents = (path, elements, input) =>
  everyPage((more) => callIncidents('POST', path, { maxResults: 100, ...input, ...more }), elements, 'nextToken')

const listContacts = (operation, elements, input) =>
  everyPage((more) => callContacts(operation, { MaxResults: 100, ...input, ...more }), elements, 'NextToken')

const memory = new Map()

/** What never changes is asked for once; a failure is asked for again. */
function remembered(key, ask) {
  const known = memory.get(key)
  if (known) return known
  const asked = ask().catch((error) => {
    memory.delete(key)
    throw error
  })
  memory.set(key, asked)
  return asked
}
