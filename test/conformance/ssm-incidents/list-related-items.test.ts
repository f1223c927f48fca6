// ListRelatedItems answers what an incident is connected with.
import {
  ListRelatedItemsCommand,
  paginateListRelatedItems,
  StartIncidentCommand,
  DeleteIncidentRecordCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { answered, expectPageRules, newIncident, newPlan, pagesOf } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

describe('ListRelatedItems', () => {
  it('answers an empty list for an incident that is connected with nothing', async () => {
    const incidentRecordArn = await newIncident(account)
    const output = await account.incidents.send(new ListRelatedItemsCommand({ incidentRecordArn }))
    expect(answered(output)).toEqual({ relatedItems: [] })
    expect(output.$metadata.httpStatusCode).toBe(200)
  })

  it('is read page by page, each item once with the id that it was given', async () => {
    const { incidents, afterwards } = account
    const relatedItems = ['a', 'b', 'c'].map((name) => ({
      identifier: { type: 'OTHER', value: { url: `https://example.com/${name}` } } as const,
      title: name,
    }))
    const responsePlanArn = await newPlan(account)
    const { incidentRecordArn } = await incidents.send(new StartIncidentCommand({ responsePlanArn, relatedItems }))
    afterwards(() => incidents.send(new DeleteIncidentRecordCommand({ arn: incidentRecordArn })))
    const pages = paginateListRelatedItems({ client: incidents, pageSize: 2 }, { incidentRecordArn })
    const items = await pagesOf(pages, (page) => page.relatedItems, 2)
    expect(items.toSorted((one, other) => ((one.title ?? '') < (other.title ?? '') ? -1 : 1))).toEqual(
      relatedItems.map((item) => ({
        ...item,
        generatedId: expect.stringMatching(/^related-item\/OTHER\/[0-9A-F]{32}$/u),
      })),
    )
  })

  it('takes pages of 1 to 100, and no token that it has not given', async () => {
    const incidentRecordArn = await newIncident(account)
    await expectPageRules((page) => account.incidents.send(new ListRelatedItemsCommand({ incidentRecordArn, ...page })))
  })
})
