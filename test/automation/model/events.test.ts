// Events of several rules on the same resources: compared with a model of which incident each is, how high, and who is paged.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Automation } from './automation.ts'
import { kills } from './kills.ts'
import { runs } from './runs.ts'

const RULES = {
  failover: { impact: 3 },
  full: { impact: 1 },
  slow: { impact: 4, dedupe: 'database' },
  down: { impact: 2, dedupe: 'database' },
  gone: { impact: 1, dedupe: 'database' },
} as const
type Kind = keyof typeof RULES
const KINDS: readonly Kind[] = ['failover', 'full', 'slow', 'down', 'gone']
const TYPES = ['DB Event', 'DB Alert'] as const
const RESOURCES = ['one', 'two'] as const

type Step =
  | { readonly does: 'event'; readonly kind: Kind; readonly type: string; readonly resource: string }
  | { readonly does: 'answers' | 'resolves'; readonly which: number }

/** What must be there, in its own words. */
class Model {
  readonly incidents: { key: string; rule: Kind; impact: number; pages: number; open: boolean }[] = []

  after(step: Step): void {
    const open = this.incidents.filter((each) => each.open)
    if (step.does === 'resolves') {
      const chosen = open[step.which % open.length]
      if (chosen) chosen.open = false
    }
    if (step.does !== 'event') return
    const { impact, ...rule } = RULES[step.kind]
    const key = 'dedupe' in rule ? rule.dedupe : [step.kind, step.type, step.resource].join('\n')
    const known = open.find((each) => each.key === key)
    if (!known) this.incidents.push({ key, rule: step.kind, impact, pages: 1, open: true })
    else if (impact < known.impact) Object.assign(known, { rule: step.kind, impact, pages: known.pages + 1 })
  }
}

const rules = {
  version: 1,
  rules: KINDS.map((kind) => ({ id: kind, match: { detail: { kind: [kind] } }, open: RULES[kind] })),
}

const steps = fc.array(
  fc.record({
    step: fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          does: fc.constant('event' as const),
          kind: fc.constantFrom(...KINDS),
          type: fc.constantFrom(...TYPES),
          resource: fc.constantFrom(...RESOURCES),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ does: fc.constantFrom('answers' as const, 'resolves' as const), which: fc.nat(9) }),
      },
    ),
    kill: kills,
  }),
  { minLength: 1, maxLength: 10 },
)

const { timeout, ...parameters } = runs('events')

it(
  'keeps apart what is of another rule, kind or resource, and raises and pages anew when more joins',
  { timeout },
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (story) => {
        const on = new Automation([{ name: 'default', engage: ['primary'] }], rules)
        await on.minutes(1)
        const model = new Model()
        for (const { step, kill } of story) {
          const open = on.manager.open
          const chosen = step.does === 'event' ? undefined : open[step.which % open.length]
          model.after(step)
          on.kill(kill)
          if (chosen && step.does === 'answers') on.manager.acknowledge(chosen)
          if (chosen && step.does === 'resolves') on.manager.resolve(chosen)
          if (step.does === 'event') await on.event(step.type, step.kind, step.resource)
          await on.minutes(6)
          const found = on.manager.incidents.map((each) => ({
            impact: each.impact,
            pages: on.manager.pagesOf(each).length,
            open: each.status === 'OPEN',
          }))
          expect(found).toEqual(
            model.incidents.map(({ impact, pages, open: isOpen }) => ({ impact, pages, open: isOpen })),
          )
        }
      }),
      parameters,
    )
  },
)
