// What each role may call: every operation of both APIs has its line, so that a new one must be decided.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ssmContacts } from '../../../lib/incident-manager/model/ssm-contacts.generated.ts'
import { ssmIncidents } from '../../../lib/incident-manager/model/ssm-incidents.generated.ts'
import { type CallerRole, mayCall, requireRole } from '../../../lib/incident-manager/protocol/roles.ts'
import { ROLES_OF } from './roles-table.ts'

test('the table has every operation', () => {
  const operations = [ssmIncidents, ssmContacts].flatMap(({ operations: all }) => Object.keys(all))
  expect(Object.keys(ROLES_OF).toSorted()).toEqual([...new Set(operations)].toSorted())
  expect(operations).toHaveLength(70)
})

test.each(Object.entries(ROLES_OF))('%s: %s', (operation, roles) => {
  const may = (['reader', 'responder', 'automation'] as const).filter((role) => mayCall(role, operation))
  expect(may.join(' ')).toBe(roles)
  expect(mayCall('admin', operation)).toBe(true)
})

test('the automation may do with Tocsin’s incident manager what its roles allow it with AWS’s', () => {
  const policies = readFileSync(join(import.meta.dirname, '../../../functions/aws.yml'), 'utf8')
  const allowed = [...policies.matchAll(/ssm-(?:incidents|contacts):(\w+)/gu)].map(([, operation = '']) => operation)
  const automates = Object.keys(ROLES_OF).filter((operation) => mayCall('automation', operation))
  expect([...new Set(allowed)].toSorted()).toEqual(automates.toSorted())
})

const caller = { arn: 'arn:aws:iam::111122223333:user/ann', role: 'reader' } as const
const PLAN = 'arn:aws:ssm-incidents::111122223333:response-plan/critical'

test('who may not is told in IAM’s words, with the resource that the call names', () => {
  expect(() => requireRole(caller, 'ssm-incidents', 'StartIncident', { title: 'x', responsePlanArn: PLAN })).toThrow(
    `User: arn:aws:iam::111122223333:user/ann is not authorized to perform: ssm-incidents:StartIncident on resource: ${PLAN} because no identity-based policy allows the ssm-incidents:StartIncident action`,
  )
})

test('only an admin says which topics hear of an incident', () => {
  const say = (role: CallerRole, more: object) => () =>
    requireRole({ ...caller, role }, 'ssm-incidents', 'UpdateIncidentRecord', { arn: PLAN, ...more })
  for (const more of [{ notificationTargets: [] }, { chatChannel: { empty: {} } }]) {
    for (const role of ['responder', 'automation'] as const)
      expect(say(role, more)).toThrow('ssm-incidents:UpdateIncidentRecord')
    expect(say('admin', more)).not.toThrow()
  }
  expect(say('responder', { title: 'x' })).not.toThrow()
})

test.each([undefined, null, 'x', [], {}, { arn: 7 }, { arn: `arn:aws:x::1:${'y'.repeat(3000)}` }])(
  'a call that names none, like %j, is about any resource',
  (input) => {
    expect(() => requireRole(caller, 'ssm-contacts', 'CreateContact', input)).toThrow(
      'ssm-contacts:CreateContact on resource: * because',
    )
  },
)
