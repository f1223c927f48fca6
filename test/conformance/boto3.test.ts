// Every operation of both APIs once with boto3: answers as Python sees them, its paginators and waiters, its typed exceptions.
import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as contactsSdk from '@aws-sdk/client-ssm-contacts'
import * as incidentsSdk from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSystem, type System } from '../../lib/local/system.ts'

const missing = spawnSync('python3', ['-c', 'import boto3']).status !== 0
if (missing) console.log('SKIPPED: the walk with boto3 needs python3 with boto3')

let system: System
let seen: { called: string[]; paginated: string[]; waited: string[]; refusals: Record<string, unknown> }

describe.skipIf(missing)('boto3', () => {
  beforeAll(async () => {
    system = await startSystem({
      port: 0,
      data: ':memory:',
      clock: 'real',
      seed: false,
      rules: 'rules.yml',
      region: 'us-east-1',
    })
    // A member that is missing or wrong ends the walk with a message, and this with that message.
    const walk = [join(import.meta.dirname, 'walk.py'), system.url]
    const { stdout } = await promisify(execFile)('python3', walk)
    seen = JSON.parse(stdout)
  }, 120_000)
  afterAll(() => system.close())

  it('works with all 70 operations', () => {
    const operations = (service: string, sdk: object): string[] =>
      Object.keys(sdk).flatMap((name) => (/^[A-Z]\w+Command$/u.test(name) ? [`${service} ${name.slice(0, -7)}`] : []))
    const all = [...operations('ssm-incidents', incidentsSdk), ...operations('ssm-contacts', contactsSdk)]
    expect(all).toHaveLength(70)
    expect(seen.called).toEqual(all.toSorted())
  })

  it('reads every list to its end, one entry to a page', () => {
    expect(new Set(seen.paginated).size).toBe(18)
  })

  it('waits for the replication set, which is there and gone at the first look', () => {
    expect(seen.waited).toEqual(['wait_for_replication_set_active', 'wait_for_replication_set_deleted'])
  })

  it('knows what is refused on incidents by its exception, with the members of its model', () => {
    expect(seen.refusals).toMatchObject({
      'an unknown plan': {
        exception: 'ResourceNotFoundException',
        status: 404,
        resourceType: 'RESPONSE_PLAN',
        resourceIdentifier: 'arn:aws:ssm-incidents::111122223333:response-plan/unknown',
      },
      'another call with the same token': {
        exception: 'ConflictException',
        status: 409,
        resourceType: 'RESPONSE_PLAN',
        resourceIdentifier: 'arn:aws:ssm-incidents::111122223333:response-plan/twice',
      },
      'an impact of 7': {
        exception: 'ValidationException',
        status: 400,
        Error: {
          Code: 'ValidationException',
          Message:
            "1 validation error detected: Value '7' at 'incidentTemplate.impact' failed to satisfy constraint: Member must have value less than or equal to 5",
        },
      },
    })
  })

  it('knows what is refused on contacts by its exception, with the members of its model', () => {
    expect(seen.refusals).toMatchObject({
      'an unknown contact': {
        exception: 'ResourceNotFoundException',
        status: 400,
        ResourceType: 'CONTACT',
        ResourceId: 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/erin-unknown',
      },
      'a taken alias': {
        exception: 'ConflictException',
        status: 400,
        ResourceType: 'CONTACT',
        ResourceId: 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/erin',
      },
      'a wrong alias and type': {
        exception: 'ValidationException',
        status: 400,
        Reason: 'FIELD_VALIDATION_FAILED',
        Fields: [
          { Name: 'alias', Message: expect.stringContaining('Member must satisfy regular expression pattern') },
          { Name: 'type', Message: expect.stringContaining('Member must satisfy enum value set') },
        ],
        Error: { Message: expect.stringMatching(/^2 validation errors detected: /u) },
      },
      'a wrong code': { exception: 'ValidationException', status: 400, Reason: 'OTHER' },
    })
  })
})
