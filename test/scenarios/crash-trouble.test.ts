// A process may die before or after any call also where something is wrong already: plans gone, alarms held, events lost, dead letters.
import { CreateResponsePlanCommand } from '@aws-sdk/client-ssm-incidents'
import { describe, expect, it } from 'vitest'
import { dieEverywhere, insist, minutes, type Story } from './crash-points.ts'

const MANAGER = 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/manager'

const stories: Story[] = [
  {
    name: 'its plan is gone, the last resort is told, the fallback plan is made, it opens',
    options: { environment: { TOCSIN_FALLBACK_PLAN: 'everybody' } },
    rules: `
version: 1
defaults: {plan: nobody-made-it, title: "\${detail.alarmName}", resolve: never}
`,
    steps: [
      (on) => on.alarm({ name: 'checkout', state: 'ALARM' }),
      ...minutes(5),
      (on) => {
        const incidentTemplate = { title: 'T', impact: 1 }
        const plan = { name: 'everybody', incidentTemplate, engagements: [MANAGER], clientToken: 'made-once' }
        return insist(() => on.incidents.send(new CreateResponsePlanCommand(plan)))
      },
      ...minutes(6),
    ],
  },
  {
    name: 'it is suppressed, then fires',
    steps: [
      (on) => on.alarm({ name: 'checkout', state: 'ALARM', composite: true, suppressedBy: 'Alarm' }),
      ...minutes(6),
      (on) => on.setAlarm('checkout', 'ALARM'),
      ...minutes(20),
    ],
  },
  {
    name: 'nobody tells that it recovers',
    steps: [
      (on) => on.alarm({ name: 'checkout', state: 'ALARM' }),
      ...minutes(20),
      (on) => on.setAlarm('checkout', 'OK'),
      ...minutes(14),
    ],
  },
  {
    name: 'nobody tells that it fires',
    steps: [(on) => on.setAlarm('checkout', 'ALARM'), ...minutes(22)],
  },
]

describe.each(stories)('an alarm: $name', (story) => {
  it('ends the same whatever dies where', { timeout: 900_000 }, async () => {
    expect(await dieEverywhere(story, false)).toBeGreaterThan(50)
  })
})
