// A page as lists show it.
import type { Page } from '../../store/pages.ts'

export const pageOut = (page: Page) => ({
  PageArn: page.arn,
  EngagementArn: page.engagementArn,
  ContactArn: page.contactArn,
  Sender: page.sender,
  IncidentId: page.incidentId,
  SentTime: page.sentTime,
  DeliveryTime: page.deliveryTime,
  ReadTime: page.readTime,
})
