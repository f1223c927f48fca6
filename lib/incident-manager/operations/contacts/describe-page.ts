// DescribePage: one page with the words of the engagement that sent it.
import type { DescribePageCommandInput, DescribePageCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { requireEngagement } from '../../store/engagements.ts'
import { readPage, requirePageItem } from '../../store/pages.ts'
import { given } from '../incidents/given.ts'
import { pageOut } from './page-out.ts'

export const describePage: Operation<DescribePageCommandInput, DescribePageCommandOutput> = async (
  input,
  { table },
) => {
  const page = readPage(await requirePageItem(table, given(input.PageId, 'pageId')))
  const { subject, content, publicSubject, publicContent } = await requireEngagement(table, page.engagementArn)
  return {
    ...pageOut(page),
    Subject: subject,
    Content: content,
    PublicSubject: publicSubject,
    PublicContent: publicContent,
  }
}
