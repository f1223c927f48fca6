// What fires is open exactly once, unless rules ignore it or a person has resolved it: whatever changes when, and dies where.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Automation } from './automation.ts'
import { kills } from './kills.ts'
import { runs } from './runs.ts'

const NAMES = ['a', 'b', 'c'] as const
type Name = (typeof NAMES)[number]
type Step =
  | { readonly does: 'fires' | 'recovers' | 'is resolved'; readonly name: Name }
  | { readonly does: 'ignoring'; readonly names: readonly Name[] }
  | { readonly does: 'switching' | 'passing' }

interface Incident {
  readonly alarms: ReadonlySet<Name>
  open: boolean
}

/** What must be there, in its own words. */
class Model {
  readonly firing = new Set<Name>()
  /** What a person has resolved, for as long as it goes on firing. */
  readonly closed = new Set<Name>()
  ignored: readonly Name[] = []
  incidents: Incident[] = []

  constructor(firing: readonly Name[]) {
    for (const name of firing) this.firing.add(name)
    if (firing.length > 1) this.incidents.push({ alarms: new Set(firing), open: true })
    this.#settle()
  }

  of = (name: Name): Incident | undefined =>
    this.incidents.findLast(({ alarms, open }) => open && alarms.has(name) && this.#left.get(name) !== alarms)
  /** The list that an alarm has recovered in. */
  readonly #left = new Map<Name, ReadonlySet<Name>>()

  after(step: Step): void {
    if (step.does === 'fires') this.firing.add(step.name)
    if (step.does === 'recovers') this.#recovers(step.name)
    if (step.does === 'ignoring') this.ignored = step.names
    if (step.does === 'switching') this.incidents = []
    if (step.does === 'is resolved') {
      const incident = this.of(step.name)
      for (const name of incident?.alarms ?? []) if (this.of(name) === incident) this.closed.add(name)
      if (incident) incident.open = false
    }
    this.#settle()
  }

  #recovers(name: Name): void {
    const incident = this.of(name)
    for (const set of [this.firing, this.closed]) set.delete(name)
    if (!incident) return
    if (incident.alarms.size > 1) this.#left.set(name, incident.alarms)
    if (![...incident.alarms].some((each) => this.firing.has(each) && this.of(each) === incident)) incident.open = false
  }

  #settle(): void {
    for (const name of this.firing)
      if (!this.of(name) && !this.closed.has(name) && !this.ignored.includes(name))
        this.incidents.push({ alarms: new Set([name]), open: true })
  }
}

const rulesIgnoring = (names: readonly Name[]): object => ({
  version: 1,
  defaults: { title: '${detail.alarmName}', refire: 'never' },
  ignore: names.length ? [{ id: 'off', reason: 'off', match: { detail: { alarmName: names } } }] : [],
})

const name = fc.constantFrom(...NAMES)
const steps = fc.array(
  fc.record({
    step: fc.oneof(
      { weight: 5, arbitrary: fc.record({ does: fc.constantFrom('fires' as const, 'recovers' as const), name }) },
      { weight: 2, arbitrary: fc.record({ does: fc.constant('is resolved' as const), name }) },
      { weight: 3, arbitrary: fc.record({ does: fc.constant('ignoring' as const), names: fc.subarray([...NAMES]) }) },
      { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('switching' as const, 'passing' as const) }) },
    ),
    kill: kills,
  }),
  { minLength: 1, maxLength: 8 },
)

const { timeout, ...parameters } = runs('looked')

it('opens what fires once nothing keeps it closed, each once, and ends it with its recovery', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray([...NAMES]), steps, async (before, story) => {
      const on = new Automation([{ name: 'default', engage: ['primary'] }], rulesIgnoring([]))
      for (const each of before) await on.alarm(each, 'ALARM', 'lost')
      await on.minutes(10, 'asleep')
      await on.minutes(14)
      const model = new Model(before)
      expectAsIn(model, on)
      for (const { step, kill } of story) {
        const toResolve = step.does === 'is resolved' ? model.of(step.name) : undefined
        const open = on.manager.open.find(({ title }) => toResolve && title === titleOf(toResolve))
        const fired = new Set(model.firing)
        model.after(step)
        on.kill(kill)
        if (step.does === 'ignoring') on.edit(rulesIgnoring(step.names))
        if (step.does === 'switching') on.switchManager()
        if (open) on.manager.resolve(open)
        for (const each of NAMES)
          if (fired.has(each) !== model.firing.has(each)) await on.alarm(each, model.firing.has(each) ? 'ALARM' : 'OK')
        await on.minutes(14)
        expectAsIn(model, on)
      }
    }),
    parameters,
  )
})

const titleOf = ({ alarms }: Incident): string =>
  alarms.size > 1 ? `${alarms.size} alarms were firing when Tocsin started` : [...alarms].join('')

function expectAsIn(model: Model, on: Automation): void {
  expect(on.manager.incidents.map(({ title, status }) => `${title} ${status}`).toSorted()).toEqual(
    model.incidents.map((each) => `${titleOf(each)} ${each.open ? 'OPEN' : 'RESOLVED'}`).toSorted(),
  )
}
