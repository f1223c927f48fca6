// A start that is refused: compared, whatever is corrected when and whatever dies where, with a model of what must be open.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Automation } from './automation.ts'
import { kills } from './kills.ts'
import { runs } from './runs.ts'

type Step = 'fires' | 'recovers' | 'is mistyped' | 'is corrected' | 'is made' | 'fallback is made'

/** What must be there, told in its own words: one alarm, the plan of its rule, a fallback plan. */
class Model {
  plan = 'good'
  readonly made = new Set(['good'])
  readonly incidents: { plan: string; status: 'OPEN' | 'RESOLVED' }[] = []
  fires = false
  readonly #fallback: string | undefined

  constructor(fallback: string | undefined) {
    this.#fallback = fallback
  }

  /** And enough time for everything that follows. */
  after(step: Step): void {
    if (step === 'fires') this.fires = true
    if (step === 'recovers') this.fires = false
    if (step === 'is mistyped') this.plan = 'typo'
    if (step === 'is corrected') this.plan = 'good'
    if (step === 'is made') this.made.add('typo')
    if (step === 'fallback is made') this.made.add('fallback')
    const open = this.incidents.find(({ status }) => status === 'OPEN')
    if (open && !this.fires) open.status = 'RESOLVED'
    const plan = [this.plan, this.#fallback ?? this.plan].find((each) => this.made.has(each))
    if (this.fires && !open && plan) this.incidents.push({ plan, status: 'OPEN' })
  }

  get isStuck(): boolean {
    return this.fires && !this.incidents.some(({ status }) => status === 'OPEN')
  }
}

const rulesBy = (plan: string): object => ({
  version: 1,
  rules: [{ id: 'shop', match: { source: ['aws.cloudwatch'] }, open: { plan } }],
})

const steps = fc.array(
  fc.record({
    step: fc.constantFrom<Step>('fires', 'recovers', 'is mistyped', 'is corrected', 'is made', 'fallback is made'),
    kill: kills,
  }),
  { minLength: 2, maxLength: 8 },
)

const { timeout, ...parameters } = runs('refused')

it(
  'opens by the rules in force as soon as a plan is there, ends with the recovery, and is told only while it lasts',
  { timeout },
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(undefined, 'fallback'), async (story, fallback) => {
        const plans = ['good', 'typo', 'fallback'].map((name) => ({ name, engage: ['primary'] }))
        const on = new Automation(plans, rulesBy('good'), fallback)
        on.manager.missing.add('typo').add('fallback')
        await on.minutes(1)
        const model = new Model(fallback)
        // That nobody answers is told of whatever is open: a recovery that is tried again may come after it.
        const told = () => on.lastResort.filter(({ subject }) => !subject.startsWith('NOBODY HAS ANSWERED')).length
        let since = 0
        for (const { step, kill } of [...story, { step: 'recovers' as const, kill: undefined }]) {
          const wasFiring = model.fires
          model.after(step)
          if (model.fires && !wasFiring) since = told()
          for (const plan of ['typo', 'fallback']) if (model.made.has(plan)) on.manager.missing.delete(plan)
          on.edit(rulesBy(model.plan))
          let before = told()
          on.kill(kill)
          if (model.fires !== wasFiring) await on.alarm('a', model.fires ? 'ALARM' : 'OK')
          // A recovery whose process died is known when the queue shows it again.
          if (kill) {
            await on.minutes(4)
            before = told()
          }
          await on.minutes(kill ? 10 : 14)
          expect(on.manager.incidents.map(({ plan, status }) => ({ plan, status }))).toEqual(model.incidents)
          if (model.isStuck) expect(told()).toBeGreaterThan(since)
          if (!model.fires) expect(told() - before).toBe(0)
        }
      }),
      parameters,
    )
  },
)
