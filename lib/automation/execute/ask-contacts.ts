// What a decision needs to know of an incident's engagements and pages, asked of the contacts client.
import {
  paginateListEngagements,
  paginateListPagesByEngagement,
  type SSMContactsClient,
} from '@aws-sdk/client-ssm-contacts'
import type { Facts } from '../decide/facts.ts'

interface EngagementFacts {
  readonly arn: string
  readonly contactArn: string
  readonly runs: boolean
}

export async function askEngagements(client: SSMContactsClient, incidentArn: string): Promise<EngagementFacts[]> {
  const found: EngagementFacts[] = []
  for await (const { Engagements } of paginateListEngagements({ client }, { IncidentId: incidentArn })) {
    if (!Engagements) throw new Error(`ListEngagements of ${incidentArn} answered no list`)
    for (const { EngagementArn: arn, ContactArn, StopTime } of Engagements)
      if (arn && ContactArn) found.push({ arn, contactArn: ContactArn, runs: StopTime === undefined })
  }
  return found
}

/** The pages of these engagements: those that nobody has accepted, and who has accepted when. */
export async function askPages(
  client: SSMContactsClient,
  engagements: readonly EngagementFacts[],
): Promise<Pick<Facts, 'openPages' | 'acknowledgements'>> {
  const openPages: { arn: string; contactArn: string }[] = []
  const acknowledgements: { contactArn: string; at: Date }[] = []
  for (const engagement of engagements)
    for await (const { Pages } of paginateListPagesByEngagement({ client }, { EngagementId: engagement.arn })) {
      if (!Pages) throw new Error(`ListPagesByEngagement of ${engagement.arn} answered no list`)
      for (const { PageArn: arn, ContactArn: contactArn, ReadTime: at } of Pages) {
        if (!arn || !contactArn) continue
        if (at) acknowledgements.push({ contactArn, at })
        else openPages.push({ arn, contactArn })
      }
    }
  // What Tocsin accepts for a person comes after what the person has accepted.
  return { openPages, acknowledgements: acknowledgements.toSorted((a, b) => a.at.getTime() - b.at.getTime()) }
}
