// UpdateResponsePlan changes the parts of a plan that are given.
import {
  GetResponsePlanCommand,
  UpdateResponsePlanCommand,
  type UpdateResponsePlanCommandInput,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName } from '../client.ts'
import { absent, answered, expectRefusal, expectViolation, newContact, newPlan } from '../fixtures.ts'

let account: Account

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

const update = (input: UpdateResponsePlanCommandInput) => account.incidents.send(new UpdateResponsePlanCommand(input))
const get = async (arn: string) => answered(await account.incidents.send(new GetResponsePlanCommand({ arn })))

describe('UpdateResponsePlan', () => {
  it('changes what is given and leaves the rest', async () => {
    const arn = await newPlan(account, { displayName: 'Before' })
    const output = await update({ arn, incidentTemplateTitle: 'After', incidentTemplateSummary: 'Known' })
    expect(answered(output)).toEqual({})
    expect(output.$metadata.httpStatusCode).toBe(204)
    expect(await get(arn)).toMatchObject({
      displayName: 'Before',
      incidentTemplate: { title: 'After', impact: 5, summary: 'Known' },
    })
  })

  it('clears what is given empty', async () => {
    const engagements = [await newContact(account)]
    const arn = await newPlan(account, { engagements })
    await update({ arn, engagements: [], chatChannel: { empty: {} } })
    expect(await get(arn)).not.toHaveProperty('engagements')
    expect(await get(arn)).not.toHaveProperty('chatChannel')
  })

  it('does not do again what a repeated call has done before, and refuses its token for another change', async () => {
    const arn = await newPlan(account)
    const clientToken = newName('token')
    await update({ arn, clientToken, displayName: 'First' })
    await update({ arn, displayName: 'Second' })
    await update({ arn, clientToken, displayName: 'First' })
    expect(await get(arn)).toMatchObject({ displayName: 'Second' })
    await expectRefusal(update({ arn, clientToken, displayName: 'Third' }), 'ConflictException', 409)
  })

  it('takes one of two calls that come at once with one token', async () => {
    const arn = await newPlan(account)
    for (let round = 0; round < 10; round++) {
      const clientToken = newName('token')
      const twins = ['One', 'Two'].map((displayName) => update({ arn, clientToken, displayName }))
      const answers = await Promise.allSettled(twins)
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
  })

  it('refuses an impact that there is not', async () => {
    await expectViolation(update({ arn: await newPlan(account), incidentTemplateImpact: 0 }), [
      { value: "'0'", at: 'incidentTemplateImpact', must: 'have value greater than or equal to 1' },
    ])
  })

  it('knows no plan that does not exist', async () => {
    const other = absent(await newPlan(account))
    await expectRefusal(update({ arn: other, displayName: 'a' }), 'ResourceNotFoundException', 404, {
      resourceType: 'RESPONSE_PLAN',
      resourceIdentifier: other,
    })
  })
})
