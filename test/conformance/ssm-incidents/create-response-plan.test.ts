// CreateResponsePlan makes a plan by which incidents are opened.
import {
  CreateResponsePlanCommand,
  type CreateResponsePlanCommandInput,
  DeleteResponsePlanCommand,
  GetResponsePlanCommand,
} from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, connect, newName } from '../client.ts'
import { answered, expectRefusal, expectViolation, newContact } from '../fixtures.ts'

let account: Account
const incidentTemplate = { title: 'Conformance', impact: 5 }

beforeAll(async () => {
  account = await connect()
}, 900_000)
afterAll(() => account.close(), 900_000)

async function create(more: Partial<CreateResponsePlanCommandInput>) {
  const input = { name: newName('plan'), incidentTemplate, ...more }
  const output = await account.incidents.send(new CreateResponsePlanCommand(input))
  account.afterwards(() => account.incidents.send(new DeleteResponsePlanCommand({ arn: output.arn })))
  return output
}

describe('CreateResponsePlan', () => {
  it('answers an ARN with the name of the plan, of which the least is a template', async () => {
    const name = newName('plan')
    const output = await create({ name })
    expect(answered(output)).toEqual({
      arn: expect.stringMatching(new RegExp(`^arn:aws:ssm-incidents::\\d{12}:response-plan/${name}$`, 'u')),
    })
    expect(output.$metadata.httpStatusCode).toBe(201)
  })

  it('takes every part of a plan; an empty display name is none', async () => {
    const contact = await newContact(account)
    const plan = {
      name: newName('plan'),
      incidentTemplate: {
        ...incidentTemplate,
        summary: 'What to know',
        dedupeString: 'once',
        incidentTags: { tier: '1' },
      },
      engagements: [contact],
    }
    const { arn } = await create({ ...plan, displayName: '', tags: { team: 'conformance' } })
    const got = answered(await account.incidents.send(new GetResponsePlanCommand({ arn })))
    expect(got).toEqual({ arn, ...plan })
  })

  it('answers the same for the same call again, and refuses its token for another', async () => {
    const name = newName('plan')
    const clientToken = newName('token')
    const first = await create({ name, clientToken })
    expect(answered(await create({ name, clientToken }))).toEqual(answered(first))
    await expectRefusal(create({ name, clientToken, displayName: 'Another' }), 'ConflictException', 409)
    await expectRefusal(create({ name: newName('plan'), clientToken }), 'ConflictException', 409, {
      resourceIdentifier: first.arn,
    })
  })

  it('refuses a name that is taken', async () => {
    const name = newName('plan')
    const { arn } = await create({ name })
    await expectRefusal(create({ name }), 'ConflictException', 409, {
      resourceType: 'RESPONSE_PLAN',
      resourceIdentifier: arn,
    })
  })

  it('names every constraint that is broken in one message', async () => {
    await expectViolation(create({ name: '', incidentTemplate: { ...incidentTemplate, impact: 6 } }), [
      { value: "'6'", at: 'incidentTemplate.impact', must: 'have value less than or equal to 5' },
      { value: "''", at: 'name', must: 'have length greater than or equal to 1' },
    ])
    await expectViolation(create({ name: 'with space' }), [
      { value: "'with space'", at: 'name', must: 'satisfy regular expression pattern: ^[a-zA-Z0-9-_]*$' },
    ])
    const incomplete: CreateResponsePlanCommandInput = {
      name: newName('plan'),
      incidentTemplate: { title: 'a', impact: undefined },
    }
    await expectViolation(create(incomplete), [{ value: 'null', at: 'incidentTemplate.impact', must: 'not be null' }])
  })

  it('refuses empty parameters of a runbook, in AWS’s words', async () => {
    const ssmAutomation = {
      documentName: 'AWS-RestartEC2Instance',
      roleArn: 'arn:aws:iam::111122223333:role/runbook',
      parameters: {},
      dynamicParameters: {},
    }
    await expectViolation(
      create({ actions: [{ ssmAutomation }] }),
      ['dynamicParameters', 'parameters'].map((member) => ({
        value: "'{}'",
        at: `actions.1.member.ssmAutomation.${member}`,
        must: 'have length greater than or equal to 1',
      })),
    )
  })
})
