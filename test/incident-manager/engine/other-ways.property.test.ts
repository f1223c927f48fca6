// What holds where pages cannot be delivered: nobody's time is wasted on a channel that takes nothing, and nobody is hurried else.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dueAt } from '../../../lib/incident-manager/engine/engagement.ts'
import {
  at,
  CHANNELS,
  directory,
  engage,
  page,
  PEOPLE,
  person,
  plan,
  root,
  schedule,
  stage,
  START,
  Telling,
} from './worlds.ts'

const RUNS = { numRuns: 400 }
const ALL = PEOPLE.flatMap((name) => CHANNELS.map((channel) => `${name}/${channel}`))
const some = fc.subarray(ALL).map((channels) => new Set(channels))

/** Lets it run to its end; every attempt with its instant. */
function run(telling: Telling): Telling {
  for (let now: Date | undefined = START, steps = 0; now; now = dueAt(telling.engagement), steps++) {
    expect(steps).toBeLessThan(1000)
    telling.steps(now)
  }
  return telling
}

/**
 * When each stage of a person's plan begins, in minutes, as a second model says: it is passed over when none of its channels
 * may be paged, and cut short when none of them works and a later one has one that does.
 */
function begins(
  stages: readonly { minutes: number; channels: readonly string[] }[],
  active: string[],
  dead: string[],
): number[][] {
  const failed = new Set<string>()
  const begun: number[][] = []
  let minute = 0
  for (let index = 0; index < stages.length;) {
    const { minutes = 0, channels = [] } = stages[index] ?? {}
    const paged = channels.filter((channel) => active.includes(channel))
    for (const channel of paged) if (dead.includes(channel)) failed.add(channel)
    if (paged.length) begun.push([index, minute])
    const works = (each: string): boolean => active.includes(each) && !failed.has(each)
    const next = stages.findIndex((later, at) => at > index && later.channels.some(works))
    if (paged.some(works) || (paged.length && next < 0)) [minute, index] = [minute + minutes, index + 1]
    else index = paged.length ? next : index + 1
  }
  return begun
}

describe('Where channels fail', () => {
  test.each(['refused', 'busy'] as const)(
    "a person's stages begin when a second model says, where they are %s",
    (how) => {
      const plans = fc.array(
        fc.record({ minutes: fc.constantFrom(1, 2, 5), channels: fc.uniqueArray(fc.constantFrom(...CHANNELS)) }),
        { maxLength: 6 },
      )
      fc.assert(
        fc.property(plans, fc.subarray(CHANNELS), fc.subarray(CHANNELS), (stages, active, dead) => {
          const ann = stages.map(({ minutes, channels }) =>
            stage(minutes, ...channels.map((each) => page('ann', each))),
          )
          const telling = new Telling('ann', person('ann', ann, active))
          telling[how] = new Set(dead.map((channel) => `ann/${channel}`))
          run(telling)
          const begun = new Map(
            telling.commands.map(({ stage, at }) => [stage, (at.getTime() - START.getTime()) / 60_000]),
          )
          expect([...begun]).toEqual(begins(stages, active, dead))
        }),
        { numRuns: 2000 },
      )
    },
  )

  test('it comes to an end, no attempt is made twice, and nobody is paged who has answered', () => {
    fc.assert(
      fc.property(directory, root, some, some, fc.constantFrom(...PEOPLE), (contacts, root, refused, busy, who) => {
        const telling = Object.assign(new Telling(root, ...contacts), { refused, busy })
        telling.steps(START)
        telling.acknowledge(who, START)
        const before = telling.commands.length
        run(telling)
        const keys = telling.commands.map(({ key }) => key)
        expect(new Set(keys).size).toBe(keys.length)
        expect(telling.commands.slice(before).map(({ contactArn }) => contactArn)).not.toContain(who)
      }),
      RUNS,
    )
  })

  test('whatever left where all channels work is commanded where some fail, too, and the same or earlier', () => {
    fc.assert(
      fc.property(directory, root, some, (contacts, root, refused) => {
        const first = ({ commands }: Telling): Map<string, Date> =>
          new Map(
            commands
              .filter(({ channelArn }) => !refused.has(channelArn))
              .toReversed()
              .map(({ channelArn, at }) => [channelArn, at]),
          )
        const working = first(run(new Telling(root, ...contacts)))
        const failing = first(run(Object.assign(new Telling(root, ...contacts), { refused })))
        for (const [channelArn, instant] of working)
          expect(failing.get(channelArn)?.getTime(), channelArn).toBeLessThanOrEqual(instant.getTime())
      }),
      RUNS,
    )
  })
})

describe('An address that takes none', () => {
  const sms = (name: string, minutes = 5) => person(name, [stage(minutes, page(name, 'sms'))])

  test.each([
    ['a person', sms('ann')],
    ['a schedule with only this person on call', schedule('ann', 'cy')],
    ['a plan that engages only this person', plan('ann', stage(30, engage('cy')), stage(30, engage('cy')))],
  ])('of %s leads to the next contact at once', (_, ann) => {
    const telling = new Telling(
      'duty',
      plan('duty', stage(30, engage('ann')), stage(5, engage('bob'))),
      ann,
      sms('cy'),
      sms('bob'),
    )
    telling.refused = new Set(['ann/sms', 'cy/sms'])
    expect(
      telling
        .steps(START)
        .map(({ channelArn }) => channelArn)
        .at(-1),
    ).toBe('bob/sms')
  })

  test('leads to nobody who cannot be told either: the stage lasts', () => {
    const contacts = [
      plan('duty', stage(30, engage('ann')), stage(5, engage('bob'))),
      sms('ann'),
      person('bob', [stage(5, page('bob', 'sms'))], []),
    ]
    const telling = new Telling('duty', ...contacts)
    telling.refused = new Set(['ann/sms'])
    expect(telling.steps(START)).toHaveLength(1)
    expect(dueAt(telling.engagement)).toEqual(at(30))
  })

  test('is found among any number of plans in no time', () => {
    const links = Array.from({ length: 3000 }, (_, index) =>
      plan(`${index}`, stage(5, engage(`${index + 1}`)), stage(5, engage(`${index + 2}`))),
    )
    const telling = new Telling(
      'duty',
      plan('duty', stage(30, engage('ann')), stage(5, engage('0'))),
      sms('ann'),
      ...links,
    )
    telling.refused = new Set(['ann/sms'])
    expect(telling.steps(START)).toHaveLength(1)
  })
})
