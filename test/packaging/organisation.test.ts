// docs/organisation: templates that CloudFormation would take, with no more rights than they need, which forward what the stack
// takes, and whose role trusts the roles that the stack has.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../lib/local/json.ts'
import { schemaProblems } from './cloudformation-schema.ts'
import { deployedAt, readYaml } from './cloudformation-yaml.ts'
import { actionProblems, statementsOf } from './iam-actions.ts'
import { brokenReferences } from './references.ts'

const ROOT = join(import.meta.dirname, '../..')
const HUB = join(ROOT, 'docs/organisation/hub.yml')
const FORWARDER = join(ROOT, 'docs/organisation/forwarder.yml')
const HOME = { account: '111122223333', region: 'eu-west-1' }
const BUS = 'arn:aws:events:eu-west-1:111122223333:event-bus/default'
const GIVEN = {
  OrganizationId: 'o-exampleorgid',
  HubBusArn: BUS,
  HubAccountId: HOME.account,
  ReadRoleRegion: 'us-east-1',
}
const SHOP = '444455556666'
const forwarderAt = (account: string, region: string): Json =>
  deployedAt(readYaml(FORWARDER), { account, region }, GIVEN)

const TEMPLATES: readonly (readonly [string, Json])[] = [
  ['the hub', deployedAt(readYaml(HUB), HOME, GIVEN)],
  ['the forwarder where it makes the read role', forwarderAt(SHOP, 'us-east-1')],
  ['the forwarder in another Region', forwarderAt(SHOP, 'eu-central-1')],
  ['the forwarder where Tocsin runs', forwarderAt(HOME.account, HOME.region)],
]
const idsIn = (template: Json): string[] => Object.keys(template.get('Resources').members())
const rightsIn = (template: Json): unknown[] =>
  statementsOf(template).map(({ owner, effect, actions, resources }) => [owner, effect, actions, resources])

describe.each(TEMPLATES)('%s', (_, template) => {
  test('follows the schemas of CloudFormation', async () => {
    expect(await schemaProblems(template)).toEqual([])
  })

  test('allows only actions that exist, on what they act on, and refers only to what it has', async () => {
    expect(await actionProblems(statementsOf(template))).toEqual([])
    expect(brokenReferences(template)).toEqual([])
  })
})

test('the hub lets the organisation put events on its bus, and do nothing else', () => {
  const [hub] = TEMPLATES.map(([, template]) => template)
  if (!hub) throw new Error('There is no hub')
  expect(rightsIn(hub)).toEqual([['FromOrganization', 'Allow', ['events:PutEvents'], [BUS]]])
  expect(statementsOf(hub)[0]?.written.value).toMatchObject({
    Principal: '*',
    Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } },
  })
})

test('the forwarder sends what the stack takes: the same alarms, and of AWS Health the same categories', () => {
  const resources = forwarderAt(SHOP, 'eu-central-1').get('Resources')
  const intake = readYaml(join(ROOT, 'functions/intake.yml')).get('Resources')
  const patternOf = (all: Json, id: string): Json => all.get(id).get('Properties').get('EventPattern')
  for (const member of ['source', 'detail-type'])
    expect(patternOf(resources, 'AlarmEvents').get(member).value).toEqual(
      patternOf(intake, 'AlarmEvents').get(member).value,
    )
  const eventTypeCategory = readYaml(join(ROOT, 'serverless.yml')).get('custom').get('healthCategories').value
  expect(patternOf(resources, 'HealthEvents').value).toEqual({ source: ['aws.health'], detail: { eventTypeCategory } })
  for (const id of ['AlarmEvents', 'HealthEvents'])
    expect(resources.get(id).get('Properties').get('Targets').value).toEqual([
      {
        Id: 'tocsin',
        Arn: BUS,
        RoleArn: { 'Fn::GetAtt': ['ForwardRole', 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } },
      },
    ])
  expect(resources.get('DeadLetters').get('Properties').get('MessageRetentionPeriod').value).toBe(14 * 86_400)
})

test('the forwarder may put events on the bus of the hub; its read role may describe alarms and their tags', () => {
  const own = (rights: unknown[]): unknown[] =>
    rights.filter((right) => Array.isArray(right) && right[0] !== 'DeadLettersPolicy')
  const forward = ['ForwardRole', 'Allow', ['events:PutEvents'], [BUS]]
  expect(own(rightsIn(forwarderAt(SHOP, 'eu-central-1')))).toEqual([forward])
  expect(own(rightsIn(forwarderAt(SHOP, 'us-east-1')))).toEqual([
    forward,
    ['ReadRole', 'Allow', ['cloudwatch:DescribeAlarms'], ['*']],
    ['ReadRole', 'Allow', ['cloudwatch:ListTagsForResource'], [`arn:aws:cloudwatch:*:${SHOP}:alarm:*`]],
  ])
})

test('the read role trusts the roles of the two functions that ask, by the names that CloudFormation gives them', () => {
  const role = forwarderAt(SHOP, 'us-east-1').get('Resources').get('ReadRole').get('Properties')
  const asking = readYaml(join(ROOT, 'functions/automation.yml'))
    .get('resources')
    .get('Resources')
    .entries()
    .filter(([, it]) => it.get('Type').value === 'AWS::IAM::Role')
    .flatMap(([id, it]) => (JSON.stringify(it.value).includes('read-role') ? [id] : []))
  expect(asking).toEqual(['OpenIncidentRole', 'SweepRole'])
  expect(role.get('AssumeRolePolicyDocument').get('Statement').value).toEqual([
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${HOME.account}:root` },
      Action: 'sts:AssumeRole',
      Condition: {
        ArnLike: {
          'aws:PrincipalArn': asking.map((id) => `arn:aws:iam::${HOME.account}:role/tocsin-production-${id}-*`),
        },
      },
    },
  ])
})

test('the read role is made once in an account, and no bus forwards to itself', () => {
  expect(idsIn(forwarderAt(SHOP, 'us-east-1'))).toContain('ReadRole')
  expect(idsIn(forwarderAt(SHOP, 'eu-central-1'))).not.toContain('ReadRole')
  expect(idsIn(forwarderAt(HOME.account, HOME.region))).toEqual(['DeadLetters', 'DeadLettersPolicy', 'DeadLettersWait'])
  expect(idsIn(forwarderAt(HOME.account, 'eu-central-1'))).toContain('AlarmEvents')
})

test('cfn-lint finds nothing in either template', async ({ skip }) => {
  const { missing, output } = await new Promise<{ missing: boolean; output: string }>((resolve) => {
    execFile('cfn-lint', [HUB, FORWARDER], (error, stdout, stderr) =>
      resolve({ missing: error?.code === 'ENOENT', output: stdout + (error ? stderr : '') }),
    )
  })
  if (missing) skip('cfn-lint is not installed: the templates are checked without it')
  expect(output).toBe('')
}, 120_000)
