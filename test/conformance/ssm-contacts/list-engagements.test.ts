// ListEngagements answers engagements, the newest first, all or those of an incident or a time.
import {
  ListEngagementsCommand,
  type ListEngagementsCommandInput,
  paginateListEngagements,
} from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName } from '../client.ts'
import { expectContactsPageRules, expectRefusal, newContact, newEngagement, pagesOf } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (input: ListEngagementsCommandInput) => account.contacts.send(new ListEngagementsCommand(input))

describe('ListEngagements', () => {
  it('is read page by page, each engagement of an incident once, the newest first', async () => {
    const contact = await newContact(account)
    const IncidentId = newName('incident')
    const first = await newEngagement(account, contact, { IncidentId })
    const second = await newEngagement(account, contact, { IncidentId })
    await newEngagement(account, contact)
    const pages = paginateListEngagements({ client: account.contacts, pageSize: 1 }, { IncidentId })
    const common = { ContactArn: contact, Sender: 'conformance', IncidentId, StartTime: expect.any(Date) }
    expect(await pagesOf(pages, ({ Engagements }) => Engagements, 1)).toEqual([
      { EngagementArn: second, ...common },
      { EngagementArn: first, ...common },
    ])
  })

  it('selects by the time of the start', async () => {
    const engagement = await newEngagement(account, await newContact(account))
    const hour = 3_600_000
    const [past, future] = [new Date(Date.now() - hour), new Date(Date.now() + hour)]
    const arns = async (StartTime: Date, EndTime: Date) => {
      const { Engagements = [] } = await list({ TimeRangeValue: { StartTime, EndTime } })
      return Engagements.map(({ EngagementArn }) => EngagementArn)
    }
    expect(await arns(past, future)).toContain(engagement)
    expect(await arns(new Date(past.getTime() - hour), past)).not.toContain(engagement)
  })

  it('refuses a token for another incident', async () => {
    const contact = await newContact(account)
    const IncidentId = newName('incident')
    for (let n = 0; n < 2; n++) await newEngagement(account, contact, { IncidentId })
    const { NextToken } = await list({ IncidentId, MaxResults: 1 })
    expect(NextToken).toEqual(expect.any(String))
    await expectRefusal(list({ IncidentId: newName('incident'), NextToken }), 'ValidationException', 400)
  })

  it('takes pages of up to 1,024, and no token that it has not given', () => expectContactsPageRules(list))
})
