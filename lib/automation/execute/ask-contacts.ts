// What a decision needs to know of an incident's engagements and pages, asked of the contacts client.
import {
  paginateListEngagements,
  type Page,
  paginateListPagesByEngagement,
  type SSMContactsClient,
} from '@aws-sdk/client-ssm-contacts'
import type { Facts } from '../decide/facts.ts'

interface EngagementFacts {
  readonly arn: string
  readonly contactArn: string
  readonly startedAt: Date
  readonly runs: boolean
}

export async function askEngagements(client: SSMContactsClient, incidentArn: string): Promise<EngagementFacts[]> {
  const found: EngagementFacts[] = []
  for await (const { Engagements } of paginateListEngagements({ client }, { IncidentId: incidentArn })) {
    if (!Engagements) throw new Error(`ListEngagements of ${incidentArn} answered no list`)
    for (const { EngagementArn: arn, ContactArn: contactArn, StartTime, StopTime } of Engagements)
      if (arn && contactArn)
        found.push({ arn, contactArn, startedAt: StartTime ?? new Date(0), runs: StopTime === undefined })
  }
  return found
}

/** Whether any of these engagements has paged anybody. A page that could not be sent has no instant. */
export async function askPaging(
  client: SSMContactsClient,
  engagements: readonly EngagementFacts[],
): Promise<NonNullable<Facts['paging']>> {
  const engaged = [...new Set(engagements.map(({ contactArn }) => contactArn))]
  for (const engagement of engagements)
    for await (const pages of pagesOf(client, engagement))
      if (pages.some(({ SentTime, DeliveryTime, ReadTime }) => SentTime ?? DeliveryTime ?? ReadTime))
        return { paged: true, engaged }
  return { paged: false, engaged }
}

/** A first page that could not be sent at once is tried again within a minute; a later one may be of the second stage. */
const FIRST_WITHIN_MS = 60_000

/** The pages of these engagements: those that nobody has accepted, who has accepted when, and who was paged. */
export async function askPages(
  client: SSMContactsClient,
  engagements: readonly EngagementFacts[],
): Promise<Pick<Facts, 'openPages' | 'acknowledgements' | 'paged'>> {
  const openPages: { arn: string; contactArn: string }[] = []
  const acknowledgements: { contactArn: string; at: Date }[] = []
  const paged: { contactArn: string; engagedArn: string; afterSeconds: number }[] = []
  for (const engagement of engagements) {
    const sent: { contactArn: string; ms: number }[] = []
    for await (const pages of pagesOf(client, engagement))
      for (const { PageArn: arn, ContactArn: contactArn, SentTime, ReadTime: at } of pages) {
        if (!arn || !contactArn) continue
        if (SentTime) sent.push({ contactArn, ms: SentTime.getTime() })
        if (at) acknowledgements.push({ contactArn, at })
        else openPages.push({ arn, contactArn })
      }
    const first = Math.min(engagement.startedAt.getTime() + FIRST_WITHIN_MS, ...sent.map(({ ms }) => ms))
    const { contactArn: engagedArn } = engagement
    for (const { contactArn, ms } of sent) paged.push({ contactArn, engagedArn, afterSeconds: (ms - first) / 1000 })
  }
  // What Tocsin accepts for a person comes after what the person has accepted.
  return { openPages, paged, acknowledgements: acknowledgements.toSorted((a, b) => a.at.getTime() - b.at.getTime()) }
}

async function* pagesOf(client: SSMContactsClient, { arn }: EngagementFacts): AsyncGenerator<readonly Page[]> {
  for await (const { Pages } of paginateListPagesByEngagement({ client }, { EngagementId: arn })) {
    if (!Pages) throw new Error(`ListPagesByEngagement of ${arn} answered no list`)
    yield Pages
  }
}
