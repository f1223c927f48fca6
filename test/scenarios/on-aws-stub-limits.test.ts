// Whatever an alarm or an event holds, what is sent stays within the limits that AWS documents, or nobody would be told.
import { afterEach, describe, expect, it } from 'vitest'
import { OnAws } from '../aws-stub/on-aws.ts'
import { START } from './rehearsal.ts'

let aws: OnAws
afterEach(() => aws.close())

describe('whatever an alarm or an event holds', () => {
  const long = 'x'.repeat(255)
  const resources = (arn: string) => (on: OnAws) =>
    on.rehearsal.put('tocsin.test', 'Something happened', { alarmName: 'odd' }, [arn])
  const firing =
    (name: string) =>
    ({ rehearsal }: OnAws) =>
      rehearsal.alarm({ name, state: 'ALARM' })

  it.each([
    ['the longest name of an alarm', firing(`pay-${long.slice(4)}`)],
    ['the longest name of an alarm, in Japanese', firing(`pay-${'警'.repeat(251)}`)],
    ['a name that holds spaces and signs', firing('pay- <50 %> & "so on" / éà')],
    ['a resource of another partition', resources('arn:aws-iso:s3:::bucket')],
    ['a resource of AWS itself', resources('arn:aws:iam::aws:policy/AdministratorAccess')],
    ['a resource that only looks like an ARN', resources('arn:mine')],
    ['a resource with a very long name', resources(`arn:aws:s3:::bucket/${'x'.repeat(1000)}`)],
    [
      'a source with a long name',
      ({ rehearsal }: OnAws) => rehearsal.put(`tocsin.${long.slice(0, 200)}`, 'Something happened', {}),
    ],
    [
      'a detail of 200 kB',
      ({ rehearsal }: OnAws) => rehearsal.put('tocsin.big', 'Something happened', { text: 'é'.repeat(100_000) }),
    ],
  ])('opens an incident within the limits that AWS documents for %s', async (_name, send) => {
    aws = await OnAws.start()
    await send(aws)
    expect(aws.stub.calls.map(({ operation, outcome }) => [operation, outcome])).toEqual([
      ['StartIncident', 'ok'],
      ['CreateTimelineEvent', 'ok'],
    ])
  })

  it('resolves an incident whose timeline is full', async () => {
    aws = await OnAws.start()
    const { rehearsal, stub } = aws
    await rehearsal.alarm({ name: 'pay-errors', state: 'ALARM' })
    stub.fail({ failure: 'quota-exceeded', operation: 'CreateTimelineEvent', times: 1000 })
    await rehearsal.alarm({ name: 'pay-errors', state: 'OK', at: new Date(START.getTime() + 1000) })
    await rehearsal.minutes(15)
    expect(stub.incident.status).toBe('RESOLVED')
    expect(stub.engagements.every(({ stoppedAt }) => stoppedAt !== undefined)).toBe(true)
  })
})
