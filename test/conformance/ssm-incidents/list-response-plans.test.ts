// ListResponsePlans answers all plans of the account.
import { ListResponsePlansCommand, paginateListResponsePlans } from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { expectPageRules, newPlan, pagesOf } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (page: { maxResults?: number; nextToken?: string } = {}) =>
  account.incidents.send(new ListResponsePlansCommand(page))

describe('ListResponsePlans', () => {
  it('is read page by page, each plan once, with its name and the display name that it has', async () => {
    const plain = await newPlan(account)
    const named = await newPlan(account, { displayName: 'Conformance' })
    const last = await newPlan(account)
    const pages = paginateListResponsePlans({ client: account.incidents, pageSize: 2 }, {})
    const plans = await pagesOf(pages, ({ responsePlanSummaries }) => responsePlanSummaries, 2)
    const arns = plans.map(({ arn }) => arn)
    expect(new Set(arns).size).toBe(arns.length)
    expect(arns).toEqual(expect.arrayContaining([plain, named, last]))
    const nameOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1)
    expect(plans.find(({ arn }) => arn === plain)).toEqual({ arn: plain, name: nameOf(plain) })
    expect(plans.find(({ arn }) => arn === named)).toEqual({
      arn: named,
      name: nameOf(named),
      displayName: 'Conformance',
    })
  })

  it('goes on after a plan that is made between two pages', async () => {
    await Promise.all([newPlan(account), newPlan(account)])
    const { nextToken = '', responsePlanSummaries: [first] = [] } = await list({ maxResults: 1 })
    await newPlan(account)
    const { responsePlanSummaries: [second] = [] } = await list({ maxResults: 1, nextToken })
    expect(second?.arn).toEqual(expect.any(String))
    expect(second?.arn).not.toBe(first?.arn)
  })

  it('takes pages of 1 to 100, and no token that it has not given', () => expectPageRules(list))
})
