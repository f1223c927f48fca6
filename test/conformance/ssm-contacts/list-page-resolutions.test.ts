// ListPageResolutions answers by which way an engagement came to page somebody.
import { ListPageResolutionsCommand, ListPagesByEngagementCommand } from '@aws-sdk/client-ssm-contacts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, onAws } from '../client.ts'
import { answered, expectRefusal, newContact, newEngagement, newReachablePerson, pageOfNobody } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const list = (PageId: string) => account.contacts.send(new ListPageResolutionsCommand({ PageId }))

/** The page that engaging a contact leads to. */
async function pageOf(contact: string): Promise<string> {
  const EngagementId = await newEngagement(account, contact)
  const { Pages = [] } = await account.contacts.send(new ListPagesByEngagementCommand({ EngagementId }))
  return Pages[0]?.PageArn ?? ''
}

describe('ListPageResolutions', () => {
  // A page needs a channel that somebody has activated with the code that was sent there.
  it.skipIf(onAws)(
    'leads from the escalation plan, by its stage, to the person (on AWS nobody reads the code)',
    async () => {
      const person = await newReachablePerson(account)
      const nobody = await newContact(account)
      const stage = (ContactId: string) => ({
        DurationInMinutes: 5,
        Targets: [{ ContactTargetInfo: { ContactId, IsEssential: true } }],
      })
      const plan = await newContact(account, { Type: 'ESCALATION', Plan: { Stages: [stage(nobody), stage(person)] } })
      const output = await list(await pageOf(plan))
      expect(answered(output)).toEqual({
        PageResolutions: [
          { ContactArn: plan, Type: 'ESCALATION' },
          { ContactArn: person, Type: 'PERSONAL', StageIndex: 1 },
        ],
      })
      expect(output.$metadata.httpStatusCode).toBe(200)
    },
  )

  it.skipIf(onAws)('is the person alone when nobody stands between (on AWS nobody reads the code)', async () => {
    const person = await newReachablePerson(account)
    expect(answered(await list(await pageOf(person)))).toEqual({
      PageResolutions: [{ ContactArn: person, Type: 'PERSONAL' }],
    })
  })

  it('knows no page that does not exist', async () => {
    const page = pageOfNobody(await newContact(account))
    await expectRefusal(list(page), 'ResourceNotFoundException', 400, { ResourceType: 'PAGE', ResourceId: page })
  })
})
