// What holds of every engagement, whatever the plans, the clock and the people do.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Contact, dueAt, type Target } from '../../../lib/incident-manager/engine/engagement.ts'
import { type Directory, step } from '../../../lib/incident-manager/engine/step.ts'
import { at, directory, engage, happenings, page, person, plan, root, stage, START, Telling } from './worlds.ts'

/** Plays a story; `check` sees the telling before each step with the instant of the step. */
function play(
  telling: Telling,
  story: readonly (typeof happenings extends fc.Arbitrary<infer Story> ? Story : never)[number][],
  check: (now: Date, commands: ReturnType<Telling['step']>) => void = () => undefined,
): Date {
  let now = START
  check(now, telling.step(now))
  for (const happening of story)
    switch (happening.kind) {
      case 'step':
        now = new Date(now.getTime() + happening.seconds * 1000)
        check(now, telling.step(now))
        break
      case 'acknowledge':
        telling.acknowledge(happening.contactArn, now)
        break
      case 'deactivate':
        telling.deactivate(happening.contactArn)
        break
      case 'stop':
        telling.stop(now)
        break
    }
  return now
}

const story = fc.tuple(directory, root, happenings, fc.boolean())
const RUNS = { numRuns: 400 }

function tellingOf(contacts: [string, Contact][], root: string, carrierWorks: boolean): Telling {
  const telling = new Telling(root, ...contacts)
  telling.carrierWorks = carrierWorks
  return telling
}

test('Nobody is paged after the engagement was stopped, nor after they have acknowledged', () => {
  fc.assert(
    fc.property(story, ([contacts, root, happenings, carrierWorks]) => {
      const telling = tellingOf(contacts, root, carrierWorks)
      let stopped = false
      let acknowledged: readonly string[] = []
      play(telling, happenings, (_, commands) => {
        expect(commands.filter(({ contactArn }) => stopped || acknowledged.includes(contactArn))).toEqual([])
        stopped = telling.engagement.stopped !== undefined
        acknowledged = telling.engagement.acknowledged
      })
    }),
    RUNS,
  )
})

test('An acknowledgement takes hold at once, not only with the next step', () => {
  fc.assert(
    fc.property(story, fc.constantFrom('ann', 'bob', 'cy'), ([contacts, root, happenings, carrierWorks], who) => {
      const telling = tellingOf(contacts, root, carrierWorks)
      const now = play(telling, happenings)
      telling.acknowledge(who, now)
      for (const minutes of [0, 1, 30, 90, 1000])
        expect(
          telling.step(new Date(now.getTime() + minutes * 60_000)).map(({ contactArn }) => contactArn),
        ).not.toContain(who)
    }),
    RUNS,
  )
})

test('Every attempt has a key of its own, and the attempts of a page are counted without a gap', () => {
  fc.assert(
    fc.property(story, ([contacts, root, happenings, carrierWorks]) => {
      const telling = tellingOf(contacts, root, carrierWorks)
      play(telling, happenings)
      const keys = telling.commands.map(({ key }) => key)
      expect(new Set(keys).size).toBe(keys.length)
      const attempts = Map.groupBy(telling.commands, ({ pageKey }) => pageKey)
      for (const commands of attempts.values()) {
        expect(commands.map(({ attempt }) => attempt)).toEqual(commands.map((_, index) => index + 1))
        expect(new Set(commands.map(({ channelArn }) => channelArn)).size).toBe(1)
      }
    }),
    RUNS,
  )
})

test('The same step again commands the same, and changes nothing of what it was given', () => {
  fc.assert(
    fc.property(story, ([contacts, root, happenings, carrierWorks]) => {
      const telling = tellingOf(contacts, root, carrierWorks)
      const now = play(telling, happenings)
      const before = structuredClone(telling.engagement)
      const one = step(telling.engagement, telling.directory, now)
      expect(telling.engagement).toEqual(before)
      expect(step(before, telling.directory, now)).toEqual(one)
    }),
    RUNS,
  )
})

/** A clock that is put back has not run meanwhile. */
const elapsed = (moves: readonly { readonly now: Date; readonly from: Date }[]): number =>
  moves.reduce((sum, { now, from }) => sum + Math.max(0, now.getTime() - from.getTime()), 0)

test('The stages of a plan keep their order, and each lasts its whole duration, whatever the clock jumps', () => {
  fc.assert(
    fc.property(story, ([contacts, root, happenings, carrierWorks]) => {
      const telling = tellingOf(contacts, root, carrierWorks)
      const moves: { now: Date; from: Date }[] = []
      const first: { plan: string; stage: number; ranMs: number }[] = []
      play(telling, happenings, (now, commands) => {
        moves.push({ now, from: moves.at(-1)?.now ?? now })
        for (const command of commands) if (command.attempt === 1) first.push({ ...command, ranMs: elapsed(moves) })
      })
      for (const [plan, commands] of Map.groupBy(first, ({ plan }) => plan)) {
        const stages = telling.engagement.tracks.find(({ contactArn }) => contactArn === plan)?.stages ?? []
        for (const [index, next] of commands.entries()) {
          const before = commands[index - 1]
          if (!before || before.stage === next.stage) continue
          expect(next.stage).toBeGreaterThan(before.stage)
          const minutes = stages[before.stage]?.durationMinutes ?? 0
          expect(next.ranMs - before.ranMs).toBeGreaterThanOrEqual(minutes * 60_000)
        }
      }
    }),
    RUNS,
  )
})

test('After the clock was put back nothing waits longer than its step is long, counted from then', () => {
  fc.assert(
    fc.property(story, fc.constantFrom(30, 60, 1440, 1_000_000), ([contacts, root, happenings, carrierWorks], by) => {
      const telling = tellingOf(contacts, root, carrierWorks)
      const at = play(telling, happenings)
      const back = new Date(at.getTime() - by * 60_000)
      telling.step(back)
      const due = dueAt(telling.engagement)
      const minutes = [3, ...telling.engagement.tracks.map(({ stages, stage }) => stages[stage]?.durationMinutes ?? 0)]
      expect((due ?? back).getTime() - back.getTime()).toBeLessThanOrEqual(Math.max(...minutes) * 60_000)
    }),
    RUNS,
  )
})

/** The channels that the contacts lead to, not by way of `without`, and that may be paged. */
function reachOf(directory: Directory, contactArns: readonly string[], without: readonly string[]): Set<string> {
  const seen = new Set(without)
  const channels = new Set<string>()
  const mayPage = (target: Target & { kind: 'channel' }): boolean =>
    directory.get(target.contactArn)?.activatedChannels.has(target.channelArn) ?? false
  const go = (contactArn: string): void => {
    const contact = seen.has(contactArn) ? undefined : directory.get(contactArn)
    seen.add(contactArn)
    for (const member of contact?.onCall ?? []) if (directory.get(member)?.type === 'PERSONAL') go(member)
    for (const target of contact?.stages.flatMap(({ targets }) => targets) ?? [])
      if (target.kind === 'contact') go(target.contactArn)
      else if (mayPage(target)) channels.add(target.channelArn)
  }
  contactArns.forEach(go)
  return channels
}

test('Whoever can be told at all is told, the first at once', () => {
  fc.assert(
    fc.property(directory, root, (contacts, root) => {
      const telling = tellingOf(contacts, root, true)
      const reach = reachOf(telling.directory, [root], [])
      expect(telling.step(START).length > 0).toBe(reach.size > 0)
      for (let due = dueAt(telling.engagement); due; due = dueAt(telling.engagement)) telling.step(due)
      expect(new Set(telling.commands.map(({ channelArn }) => channelArn))).toEqual(reach)
    }),
    RUNS,
  )
})

test('No stage is waited for that leads to nobody but by way of whose stage it is, or of who led there', () => {
  fc.assert(
    fc.property(directory, root, (contacts, root) => {
      const telling = tellingOf(contacts, root, true)
      for (let now: Date | undefined = START; now; now = dueAt(telling.engagement)) {
        telling.step(now)
        const tracks = new Map(telling.engagement.tracks.map((track) => [track.contactArn, track]))
        for (const track of tracks.values()) {
          if (track.endsAt <= now) continue
          const leading: string[] = []
          for (let led = tracks.get(track.contactArn); led; led = tracks.get(led.engagedBy?.contactArn ?? ''))
            leading.push(led.contactArn)
          const waitedFor: [string, Contact] = [
            'waited for',
            { ...NOBODY, stages: track.stages.slice(track.stage, track.stage + 1) },
          ]
          const reach = reachOf(new Map([...telling.directory, waitedFor]), ['waited for'], leading)
          expect(reach.size).toBeGreaterThan(0)
        }
      }
    }),
    RUNS,
  )
})

const NOBODY: Contact = { type: 'ESCALATION', stages: [], activatedChannels: new Set() }

test('A chain of plans of any length does no harm, and one of fifty is walked to its end', () => {
  const link = (index: number) => plan(`${index}`, stage(5, engage(`${index + 1}`)), stage(5, engage('ann')))
  const ann = person('ann', [stage(5, page('ann', 'sms'))])
  const last = person('50', [stage(5, page('50', 'sms'))])
  const links = Array.from({ length: 5000 }, (_, index) => link(index))
  expect(new Telling('0', ...links, ann).pages(START)).toEqual(['ann/sms'])
  expect(new Telling('0', ...links.slice(0, 50), last, ann).pages(START)).toEqual(['50/sms'])
})

test('After a step nothing is due any more, and going from due instant to due instant comes to an end', () => {
  fc.assert(
    fc.property(story, ([contacts, root, happenings, carrierWorks]) => {
      const telling = tellingOf(contacts, root, carrierWorks)
      let now = play(telling, happenings)
      telling.step(now)
      let due = dueAt(telling.engagement)
      for (let steps = 0; due; steps++) {
        expect(due.getTime()).toBeGreaterThan(now.getTime())
        expect(steps).toBeLessThan(2000)
        now = due
        telling.step(now)
        due = dueAt(telling.engagement)
      }
      expect(telling.step(at(10_000_000))).toEqual([])
    }),
    RUNS,
  )
})
