// ListIncidentRecords answers incidents, the newest first, filtered.
import {
  type Filter,
  ListIncidentRecordsCommand,
  paginateListIncidentRecords,
  UpdateIncidentRecordCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect } from '../client.ts'
import { expectPageRules, expectRefusal, newIncident, newPlan, pagesOf } from '../fixtures.ts'

let account: Account
let began: Date
let [first, second, resolved] = ['', '', '']

beforeAll(async () => {
  account = await connect()
  began = new Date(Date.now() - 60_000)
  const plan = await newPlan(account)
  first = await newIncident(account, plan)
  second = await newIncident(account, plan)
  resolved = await newIncident(account, plan)
  await account.incidents.send(new UpdateIncidentRecordCommand({ arn: resolved, status: 'RESOLVED' }))
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (page: { filters?: Filter[]; maxResults?: number; nextToken?: string } = {}) =>
  account.incidents.send(new ListIncidentRecordsCommand(page))
const since = (): Filter => ({ key: 'creationTime', condition: { after: began } })
/** Those of this test that the list has, in its order. */
async function listed(filters: Filter[]): Promise<(string | undefined)[]> {
  const pages = paginateListIncidentRecords({ client: account.incidents, pageSize: 2 }, { filters })
  const all = await pagesOf(pages, ({ incidentRecordSummaries }) => incidentRecordSummaries, 2)
  return all.map(({ arn }) => arn).filter((arn) => arn !== undefined && [first, second, resolved].includes(arn))
}

describe('ListIncidentRecords', () => {
  it('is read page by page, each incident once, the newest first', async () => {
    expect(await listed([since()])).toEqual([resolved, second, first])
  })

  it('answers every member that an incident has', async () => {
    const { incidentRecordSummaries = [] } = await list({ filters: [since()], maxResults: 100 })
    const summary = {
      arn: first,
      title: 'Conformance',
      status: 'OPEN',
      impact: 5,
      creationTime: expect.any(Date),
      incidentRecordSource: { createdBy: expect.stringMatching(/^arn:/u), source: 'aws.ssm-incidents.custom' },
    }
    expect(incidentRecordSummaries.find(({ arn }) => arn === first)).toEqual(summary)
    expect(incidentRecordSummaries.find(({ arn }) => arn === resolved)).toEqual({
      ...summary,
      arn: resolved,
      status: 'RESOLVED',
      resolvedTime: expect.any(Date),
    })
  })

  it('filters by status, impact, creator and time: each of several filters must match, by any of its values', async () => {
    const is = (key: string, ...stringValues: string[]): Filter => ({ key, condition: { equals: { stringValues } } })
    const impact = (...integerValues: number[]): Filter => ({ key: 'impact', condition: { equals: { integerValues } } })
    expect(await listed([since(), is('status', 'OPEN')])).toEqual([second, first])
    expect(await listed([since(), is('status', 'OPEN', 'RESOLVED')])).toEqual([resolved, second, first])
    expect(await listed([since(), is('status', 'RESOLVED'), impact(5, 1)])).toEqual([resolved])
    expect(await listed([since(), impact(1)])).toEqual([])
    expect(await listed([{ key: 'creationTime', condition: { before: began } }])).toEqual([])
  })

  it('refuses a filter of an unknown key, and a token for other filters', async () => {
    const condition = { equals: { stringValues: ['a'] } }
    await expectRefusal(list({ filters: [{ key: 'colour', condition }] }), 'ValidationException', 400)
    const { nextToken = '' } = await list({ filters: [since()], maxResults: 1 })
    await expectRefusal(list({ nextToken }), 'ValidationException', 400)
  })

  it('takes pages of 1 to 100, and no token that it has not given', () => expectPageRules(list))
})
