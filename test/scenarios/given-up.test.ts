// A person's number takes nothing any more: the whole system says so, and tells them another way at once.
import { afterEach, expect, it } from 'vitest'
import { Undelivered } from '../../lib/aws/runtime.ts'
import { type Engine, Rehearsal } from './rehearsal.ts'

let on: Rehearsal
afterEach(() => on.close())

it.each<Engine>(['sqlite', 'dynamodb'])('a number that has opted out, on %s', async (engine) => {
  on = await Rehearsal.start(engine, {
    channel: ({ type, pageArn }) => {
      if (pageArn && type === 'SMS') throw new Undelivered('SNS: OptedOutException', true)
    },
  })
  await on.alarm({ name: 'db', state: 'ALARM' })
  expect((await on.pages()).map(({ type }) => type)).toContain('EMAIL')
  const { arn } = await on.incident()
  const failures = (await on.timeline(arn)).filter(({ type }) => type === 'SSM Contacts Page Failure for Incident')
  expect(failures.map(({ data }) => data['message'])).toContainEqual(
    expect.stringMatching(/^A page to primary by SMS \(.*\) was given up: SNS: OptedOutException$/u),
  )
})
