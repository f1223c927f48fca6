// The API reference's samples of replication sets, policies and tags. Repaired: `%3A%3A` in paths, the policies' JSON, and
// ids and ARNs that were wrapped. Where a sample shows `{}` for an answer of 204, the CLI has printed it: the wire has none.
import { describe, expect, it } from 'vitest'
import { CONTACT, PLAN, samples, SET } from './sample.ts'

const EMPTY = { status: 204, body: '' }
const tags = `/tags/${encodeURIComponent(PLAN)}`

const planPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'ExampleResourcePolicy',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::444455556666:root' },
      Action: ['ssm-incidents:GetResponsePlan', 'ssm-incidents:StartIncident', 'ssm-incidents:ListRelatedItems'],
      Resource: [PLAN, 'arn:aws:ssm-incidents:*:111122223333:incident-record/example-incident/*'],
    },
  ],
})

const contactPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'ExampleResourcePolicy',
      Action: ['ssm-contacts:GetContact', 'ssm-contacts:StartEngagement', 'ssm-contacts:StopEngagement'],
      Principal: { AWS: '444455556666' },
      Effect: 'Allow',
      Resource: [
        'arn:aws:ssm-contacts:*:111122223333:contact/akuam',
        'arn:aws:ssm-contacts:*:111122223333:engagement/akuam/*',
      ],
    },
  ],
})

describe('ssm-incidents', () => {
  it('UpdateReplicationSet', async () => {
    const { incidents } = await samples()
    const body = {
      actions: [{ deleteRegionAction: { regionName: 'us-east-2' } }],
      arn: SET,
      clientToken: 'aa1b2cde-27e3-42ff-9cac-99380EXAMPLE',
    }
    expect(await incidents('POST /updateReplicationSet', body)).toMatchObject(EMPTY)
  })

  it('UpdateDeletionProtection', async () => {
    const { incidents } = await samples()
    const body = { arn: SET, deletionProtected: true, clientToken: 'a1b2cde-27e3-42ff-9cac-99380EXAMPLE' }
    expect(await incidents('POST /updateDeletionProtection', body)).toMatchObject(EMPTY)
  })

  it('PutResourcePolicy, GetResourcePolicies and DeleteResourcePolicy', async () => {
    const { incidents } = await samples()
    const put = await incidents('POST /putResourcePolicy', { policy: planPolicy, resourceArn: PLAN })
    expect(put).toMatchObject({ status: 200, type: 'application/json' })
    const { policyId, ...nothing }: { policyId: string } = JSON.parse(put.body)
    expect(policyId).toMatch(/^[0-9a-f]{32}$/u)
    expect(nothing).toEqual({})
    const got = await incidents(`POST /getResourcePolicies?resourceArn=${encodeURIComponent(PLAN)}`)
    // The sample's `"nextToken": null` is the CLI's: a member without a value is left out.
    expect(JSON.parse(got.body)).toEqual({
      resourcePolicies: [{ policyDocument: planPolicy, policyId, ramResourceShareRegion: 'us-east-1' }],
    })
    expect(await incidents('POST /deleteResourcePolicy', { policyId, resourceArn: PLAN })).toMatchObject({
      status: 200,
      body: '{}',
    })
  })

  it('TagResource, ListTagsForResource and UntagResource', async () => {
    const { incidents } = await samples()
    expect(await incidents(`POST ${tags}`, { tags: { group1: '1' } })).toMatchObject(EMPTY)
    expect(await incidents(`GET ${tags}`)).toEqual({
      status: 200,
      type: 'application/json',
      body: '{"tags":{"group1":"1"}}',
    })
    expect(await incidents(`DELETE ${tags}?tagKeys=group1`)).toMatchObject(EMPTY)
    expect(await incidents(`GET ${tags}`)).toMatchObject({ body: '{"tags":{}}' })
  })
})

describe('ssm-contacts', () => {
  it('PutContactPolicy and GetContactPolicy', async () => {
    const { contacts } = await samples()
    const put = await contacts('PutContactPolicy', { ContactArn: CONTACT, Policy: contactPolicy })
    expect(put).toEqual({ status: 200, type: 'application/x-amz-json-1.1', body: '{}' })
    const got = await contacts('GetContactPolicy', { ContactArn: CONTACT })
    expect(JSON.parse(got.body)).toEqual({ ContactArn: CONTACT, Policy: contactPolicy })
  })

  it('TagResource, ListTagsForResource and UntagResource', async () => {
    const { contacts } = await samples()
    const Tags = [{ Key: 'group1', Value: '1' }]
    expect(await contacts('TagResource', { ResourceARN: CONTACT, Tags })).toMatchObject({ status: 200, body: '{}' })
    const listed = await contacts('ListTagsForResource', { ResourceARN: CONTACT })
    expect(JSON.parse(listed.body)).toEqual({ Tags })
    expect(await contacts('UntagResource', { ResourceARN: CONTACT, TagKeys: ['group1'] })).toMatchObject({
      status: 200,
      body: '{}',
    })
    expect(await contacts('ListTagsForResource', { ResourceARN: CONTACT })).toMatchObject({ body: '{"Tags":[]}' })
  })
})
