// UpdateRelatedItems connects an incident with something, or no longer.
import {
  ListRelatedItemsCommand,
  type RelatedItemsUpdate,
  UpdateRelatedItemsCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName } from '../client.ts'
import { absent, answered, expectRefusal, newIncident } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const update = (incidentRecordArn: string, relatedItemsUpdate: RelatedItemsUpdate, clientToken = newName('token')) =>
  account.incidents.send(new UpdateRelatedItemsCommand({ incidentRecordArn, relatedItemsUpdate, clientToken }))
const itemsOf = async (incidentRecordArn: string) =>
  (await account.incidents.send(new ListRelatedItemsCommand({ incidentRecordArn }))).relatedItems

const identifier = { type: 'OTHER', value: { url: 'https://wiki.example.com/runbook' } } as const

describe('UpdateRelatedItems', () => {
  it('adds an item, and removes it by what it is', async () => {
    const incident = await newIncident(account)
    const output = await update(incident, { itemToAdd: { identifier, title: 'Runbook' } })
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(204)
    expect(await itemsOf(incident)).toMatchObject([{ identifier, title: 'Runbook' }])
    await update(incident, { itemToRemove: identifier })
    expect(await itemsOf(incident)).toEqual([])
  })

  it('does not do again what a repeated call has done before, and refuses its token for another change', async () => {
    const incident = await newIncident(account)
    const token = newName('token')
    await update(incident, { itemToAdd: { identifier } }, token)
    await update(incident, { itemToRemove: identifier })
    await update(incident, { itemToAdd: { identifier } }, token)
    expect(await itemsOf(incident)).toEqual([])
    await expectRefusal(update(incident, { itemToRemove: identifier }, token), 'ConflictException', 409)
  })

  it('remembers a call that had nothing to change', async () => {
    const incident = await newIncident(account)
    const token = newName('token')
    await update(incident, { itemToRemove: identifier }, token)
    await update(incident, { itemToAdd: { identifier, title: 'Runbook' } })
    await update(incident, { itemToRemove: identifier }, token)
    expect(await itemsOf(incident)).toMatchObject([{ identifier, title: 'Runbook' }])
  })

  it('refuses what is no item of any kind', async () => {
    const incident = await newIncident(account)
    const type: 'OTHER' = JSON.parse('"SOMETHING"')
    await expectRefusal(
      update(incident, { itemToAdd: { identifier: { type, value: identifier.value } } }),
      'ValidationException',
      400,
      {
        message: expect.stringContaining(
          "Value 'SOMETHING' at 'relatedItemsUpdate.itemToAdd.identifier.type' failed to satisfy constraint: Member must satisfy enum value set: [ANALYSIS, INCIDENT, METRIC, PARENT, ATTACHMENT, OTHER, AUTOMATION, INVOLVED_RESOURCE, TASK]",
        ),
      },
    )
  })

  it('knows no incident that does not exist', async () => {
    const other = absent(await newIncident(account))
    await expectRefusal(update(other, { itemToAdd: { identifier } }), 'ResourceNotFoundException', 404, {
      resourceType: 'INCIDENT_RECORD',
      resourceIdentifier: other,
    })
  })
})
