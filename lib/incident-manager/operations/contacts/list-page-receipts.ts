// ListPageReceipts: what has happened to a page, newest first.
import type { ListPageReceiptsCommandInput, ListPageReceiptsCommandOutput } from '@aws-sdk/client-ssm-contacts'
import type { Operation } from '../../context.ts'
import { receiptsOf, requirePageItem } from '../../store/pages.ts'
import { given } from '../incidents/given.ts'
import { pageOf } from './page-of.ts'

export const listPageReceipts: Operation<ListPageReceiptsCommandInput, ListPageReceiptsCommandOutput> = async (
  input,
  context,
) => {
  const arn = given(input.PageId, 'pageId')
  const all = receiptsOf(await requirePageItem(context.table, arn))
  const { shown, NextToken } = await pageOf(
    context,
    { scope: `ListPageReceipts ${arn}`, all, keyOf: ({ key }) => key, order: 'descending' },
    input,
  )
  return {
    NextToken,
    Receipts: shown.map(({ type, at, channelArn, info }) => ({
      ContactChannelArn: channelArn,
      ReceiptType: type,
      ReceiptInfo: info,
      ReceiptTime: at,
    })),
  }
}
