// An alarm that comes and goes: how far it is escalated is compared, whatever dies where, with a model that counts minutes.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Automation } from './automation.ts'
import { kills } from './kills.ts'
import { runs } from './runs.ts'
import { sentencesOf } from './stub-manager.ts'

type Step = 'fires' | 'recovers' | 'is answered'

const ESCALATIONS = [
  { after: 15, repeat: 2 },
  { after: 25, repeat: 1 },
] as const
const QUIET = 10

/** Minute by minute, in its own words: counting begins with a page that nobody answers, and only an answer or a quiet ends it. */
class Model {
  climbed = 0
  #now = 0
  #fires = false
  #open: { since: number; answered: boolean; times: number[]; last: number[] } | undefined
  #quietAt = 0

  get now(): number {
    return this.#now
  }

  /** `at`: when it happened, where it is told late. */
  after(step: Step, at = this.#now): void {
    if (step === 'fires' && !this.#fires) {
      this.#fires = true
      this.#open ??= { since: this.#now, answered: false, times: [0, 0], last: [-Infinity, -Infinity] }
    }
    if (step === 'recovers' && this.#fires) {
      this.#fires = false
      this.#quietAt = at
    }
    if (step === 'is answered' && this.#open) this.#open.answered = true
  }

  minute(): void {
    this.#now++
    const open = this.#open
    if (!open) return
    if (!this.#fires) {
      if (this.#now - this.#quietAt >= QUIET) this.#open = undefined
      return
    }
    if (open.answered) return
    for (const [at, { after, repeat }] of ESCALATIONS.entries()) {
      const [times = 0, last = 0] = [open.times[at], open.last[at]]
      const due = Math.max(open.since + after * (times + 1), last + after - 1)
      if (times >= repeat || this.#now < due) continue
      open.times[at] = times + 1
      open.last[at] = this.#now
      this.climbed++
    }
  }
}

const RULES = {
  version: 1,
  defaults: { unanswered: 'never', refire: 'never' },
  rules: [
    {
      id: 'shop',
      match: { source: ['aws.cloudwatch'] },
      resolve: { after: '10m' },
      escalate: [
        { unacknowledgedFor: '15m', engage: ['secondary'], repeat: 2 },
        { unacknowledgedFor: '25m', engage: ['manager'] },
      ],
    },
  ],
}

const steps = fc.array(
  fc.record({
    step: fc.constantFrom<Step>('fires', 'fires', 'recovers', 'recovers', 'is answered'),
    minutes: fc.integer({ min: 1, max: 14 }),
    kill: kills,
  }),
  { minLength: 2, maxLength: 12 },
)

/** The queue shows again what somebody has died with after three minutes. */
const SHOWN_AGAIN = 4

const { timeout, ...parameters } = runs('escalation', 100)

async function story(told: readonly { step: Step; minutes: number; kill: Parameters<Automation['kill']>[0] }[]) {
  const on = new Automation([{ name: 'default', engage: ['primary'] }], RULES)
  await on.minutes(1)
  const model = new Model()
  // What can be known of: a recovery whose process died is told late.
  const known = new Model()
  let untold: number | undefined
  const tell = (): void => {
    if (untold !== undefined) known.after('recovers', untold)
    untold = undefined
  }
  const climbed = (): number =>
    on.manager.incidents.flatMap(sentencesOf).filter((text) => text.startsWith('Escalated to ')).length
  let fires = false
  const counts: { actual: number; expected: number; most: number }[] = []
  for (const { step, minutes, kill } of told) {
    on.kill(kill)
    model.after(step)
    tell()
    if (step === 'recovers' && fires && kill) untold = known.now
    else known.after(step)
    if (step === 'fires' && !fires) await on.alarm('a', 'ALARM')
    if (step === 'recovers' && fires) await on.alarm('a', 'OK')
    fires = step === 'fires' || (fires && step !== 'recovers')
    for (const incident of step === 'is answered' ? on.manager.open : []) on.manager.acknowledge(incident)
    for (let minute = 0; minute < minutes; minute++) {
      await on.minutes(1)
      model.minute()
      if (untold !== undefined && known.now - untold >= SHOWN_AGAIN) tell()
      known.minute()
      counts.push({ actual: climbed(), expected: model.climbed, most: Math.max(model.climbed, known.climbed) })
    }
  }
  return counts
}

it('is escalated at the minute that its rule says, however often it comes and goes', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (told) => {
      for (const { actual, expected } of await story(told.map((one) => ({ ...one, kill: undefined }))))
        expect(actual).toBe(expected)
    }),
    parameters,
  )
})

it(
  'is never escalated further than that by a death, and catches up as long as it fires and nobody answers',
  { timeout },
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        // Whether a page had left that could be answered depends on what died.
        const told = all.filter(({ step }) => step !== 'is answered')
        const counts = await story([
          ...told,
          { step: 'recovers', minutes: 14, kill: undefined },
          { step: 'fires', minutes: 45, kill: undefined },
        ])
        const last = counts.at(-1)
        // What died just before a recovery is not made up for: only what is due while it fires is.
        for (const { actual, most } of counts) expect(actual).toBeLessThanOrEqual(most)
        const [before, after] = [counts.at(-46), last]
        expect((after?.actual ?? 0) - (before?.actual ?? 0)).toBe((after?.expected ?? 0) - (before?.expected ?? 0))
      }),
      parameters,
    )
  },
)
