// How an engagement walks plans, by example: who is told when, and who is not.
import { describe, expect, test } from 'vitest'
import { dueAt, told } from '../../../lib/incident-manager/engine/engagement.ts'
import { step } from '../../../lib/incident-manager/engine/step.ts'
import { at, engage, page, person, plan, schedule, stage, Telling } from './worlds.ts'

const ann = person('ann', [stage(1, page('ann', 'sms'))])
const bob = person('bob', [stage(1, page('bob', 'sms'))])

describe('stages', () => {
  test('start one after the other, each when the minutes of the one before are over', () => {
    const telling = new Telling('duty', plan('duty', stage(5, engage('ann')), stage(10, engage('bob'))), ann, bob)
    expect(telling.pages(at(0))).toEqual(['ann/sms'])
    expect(dueAt(telling.engagement)).toEqual(at(5))
    expect(telling.pages(at(4.9))).toEqual([])
    expect(telling.pages(at(5))).toEqual(['bob/sms'])
    expect(dueAt(telling.engagement)).toBeUndefined()
  })

  test('of a person page one channel after the other', () => {
    const telling = new Telling('ann', person('ann', [stage(2, page('ann', 'sms')), stage(0, page('ann', 'voice'))]))
    expect(telling.pages(at(0))).toEqual(['ann/sms'])
    expect(telling.pages(at(2))).toEqual(['ann/voice'])
  })

  test('of no duration go on at once', () => {
    const telling = new Telling('ann', person('ann', [stage(0, page('ann', 'sms')), stage(0, page('ann', 'email'))]))
    expect(telling.pages(at(0))).toEqual(['ann/sms', 'ann/email'])
  })

  test('last their whole duration from when a late step really started them', () => {
    const stages = [stage(5, engage('ann')), stage(5, engage('bob')), stage(5, page('cy', 'sms'))]
    const telling = new Telling('duty', plan('duty', ...stages), ann, bob, person('cy', []))
    telling.step(at(0))
    expect(telling.pages(at(600))).toEqual(['bob/sms'])
    expect(telling.pages(at(604))).toEqual([])
    expect(telling.pages(at(605))).toEqual(['cy/sms'])
  })

  test('last their whole duration from when a page left late, also the stage that engaged this person', () => {
    const directory = new Map([plan('duty', stage(5, engage('ann')), stage(5, engage('bob'))), ann, bob])
    const begun = step(new Telling('duty').engagement, directory, at(0))
    if (begun.kind !== 'stepped') throw new Error('Everything has been read')
    const [command] = begun.commands
    if (!command) throw new Error('Ann is paged')
    expect(begun.dueAt).toEqual(at(5))
    expect(dueAt(told(begun.engagement, command, at(3)))).toEqual(at(8))
  })

  test.each([
    ['a channel that is not activated', person('ann', [stage(5, page('ann', 'sms'))], [])],
    ['a person without a plan', person('ann', [])],
    ['an on-call schedule', ['ann', { type: 'ONCALL_SCHEDULE', stages: [], activatedChannels: new Set() }]],
    ['somebody who is gone', ['somebody else', ann[1]]],
  ] as [string, typeof ann][])('that reach only %s are passed over at once', (_, unreachable) => {
    const telling = new Telling(
      'duty',
      plan('duty', stage(5, engage('ann')), stage(5, engage('bob'))),
      unreachable,
      bob,
    )
    expect(telling.pages(at(0))).toEqual(['bob/sms'])
  })

  test('keep the plan as it was when they began', () => {
    const telling = new Telling('duty', plan('duty', stage(5, engage('ann')), stage(5, engage('bob'))), ann, bob)
    telling.step(at(0))
    telling.directory = new Map([plan('duty'), ann, bob])
    expect(telling.pages(at(5))).toEqual(['bob/sms'])
  })

  test('engage a person once, however many of them name the person', () => {
    const stages = [stage(5, engage('ann')), stage(5, engage('ann'), engage('bob'))]
    const telling = new Telling('duty', plan('duty', ...stages), ann, bob)
    telling.step(at(0))
    expect(telling.pages(at(5))).toEqual(['bob/sms'])
  })

  test('of plans that engage each other come to an end', () => {
    const telling = new Telling('one', plan('one', stage(0, engage('two'))), plan('two', stage(0, engage('one'))))
    expect(telling.pages(at(0))).toEqual([])
    expect(dueAt(telling.engagement)).toBeUndefined()
  })
})

describe('what leads back to itself', () => {
  test('is no way to anybody: a schedule that is on call for itself, or another plan for it', () => {
    for (const member of ['rota', 'duty', 'nobody']) {
      const stages = [stage(5, engage('rota')), stage(5, engage('bob'))]
      const contacts = [plan('duty', ...stages), schedule('rota', member), bob]
      expect(new Telling('duty', ...contacts).pages(at(0))).toEqual(['bob/sms'])
      expect(new Telling('rota', ...contacts).pages(at(0))).toEqual([])
    }
  })

  test('harms no engagement that is under way', () => {
    const stages = [stage(5, engage('ann')), stage(5, engage('rota')), stage(5, engage('bob'))]
    const telling = new Telling('duty', plan('duty', ...stages), schedule('rota', 'rota'), ann, bob)
    telling.step(at(0))
    expect(telling.pages(at(5))).toEqual(['bob/sms'])
  })

  test('keeps nobody on call from being told', () => {
    const telling = new Telling(
      'rota',
      schedule('rota', 'rota', 'duty', 'ann'),
      plan('duty', stage(0, engage('bob'))),
      ann,
    )
    expect(telling.pages(at(0))).toEqual(['ann/sms'])
  })

  test.each([
    ['a plan that names itself', [plan('one', stage(30, engage('one')), stage(0, engage('ann')))]],
    [
      'two plans that name each other',
      [plan('one', stage(30, engage('two')), stage(0, engage('ann'))), plan('two', stage(30, engage('one')))],
    ],
    [
      'a plan and a person who name each other',
      [plan('one', stage(30, engage('two')), stage(0, engage('ann'))), person('two', [stage(30, engage('one'))])],
    ],
  ])('does not wait for itself: %s', (_, contacts) => {
    const telling = new Telling('one', ...contacts, ann)
    expect(telling.pages(at(0))).toEqual(['ann/sms'])
  })

  test('does not wait for itself later on either, though it has told somebody since', () => {
    const two = plan('two', stage(5, engage('ann')), stage(30, engage('one')), stage(0, engage('bob')))
    const telling = new Telling('one', plan('one', stage(30, engage('two'))), two, ann, bob)
    expect(telling.pages(at(0))).toEqual(['ann/sms'])
    expect(telling.pages(at(5))).toEqual(['bob/sms'])
  })

  test('nor does anybody wait for a plan whose last stages reach nobody', () => {
    const two = plan('two', stage(5, engage('ann')), stage(5, engage('gone')))
    const stages = [stage(5, engage('two')), stage(30, engage('two')), stage(0, engage('bob'))]
    const telling = new Telling('one', plan('one', ...stages), two, ann, bob)
    telling.step(at(0))
    expect(telling.pages(at(5))).toEqual(['bob/sms'])
  })
})

describe('a page is sent again', () => {
  const insistent = person('ann', [stage(5, page('ann', 'sms', 2)), stage(5, page('ann', 'voice'))])

  test('every so many minutes until the stage is over', () => {
    const telling = new Telling('ann', insistent)
    const told = [0, 1, 2, 3, 4, 5, 6].map((minute) => telling.pages(at(minute)))
    expect(told).toEqual([['ann/sms'], [], ['ann/sms#2'], [], ['ann/sms#3'], ['ann/voice'], []])
  })

  test('as the same page', () => {
    const telling = new Telling('ann', insistent)
    const [first] = telling.step(at(0))
    const [again] = telling.step(at(2))
    expect(again).toMatchObject({ pageKey: first?.pageKey, attempt: 2 })
    expect(again?.key).not.toBe(first?.key)
  })

  test('until the person has answered', () => {
    const telling = new Telling('duty', plan('duty', stage(30, engage('ann'))), insistent)
    telling.step(at(0))
    telling.acknowledge('ann', at(1))
    expect(telling.pages(at(2))).toEqual([])
    expect(dueAt(telling.engagement)).toBeUndefined()
  })

  test('no longer where its channel has been deactivated', () => {
    const telling = new Telling('ann', insistent)
    telling.step(at(0))
    telling.directory = new Map([person('ann', [], ['voice'])])
    expect(telling.pages(at(2))).toEqual([])
    expect(dueAt(telling.engagement)).toEqual(at(5))
    expect(telling.pages(at(5))).toEqual(['ann/voice'])
  })

  test('every minute where sweeps come every minute, a little late each', () => {
    const telling = new Telling('ann', person('ann', [stage(5, page('ann', 'sms', 1))]))
    telling.step(at(0.5))
    const told = [1, 2, 3, 4, 5].map((minute) => telling.pages(at(minute)).length)
    expect(told).toEqual([0, 1, 1, 1, 1])
  })

  test('not twice within 20 seconds, however late the retry before was', () => {
    const telling = new Telling('ann', person('ann', [stage(30, page('ann', 'sms', 1))]))
    telling.step(at(0))
    telling.step(at(3.99))
    expect(dueAt(telling.engagement)).toEqual(new Date(at(3.99).getTime() + 20_000))
  })
})

const duty = (essential: boolean) =>
  new Telling('duty', plan('duty', stage(5, engage('ann', essential)), stage(5, engage('bob'))), ann, bob)

describe('an acknowledgement', () => {
  test('of an essential person ends the plan', () => {
    const telling = duty(true)
    telling.step(at(0))
    telling.acknowledge('ann', at(1))
    expect(telling.engagement.stopped).toEqual({ at: at(1), reason: 'Acknowledged by ann' })
    expect(telling.pages(at(5))).toEqual([])
  })

  test('of another person lets the plan go on without them', () => {
    const telling = duty(false)
    telling.step(at(0))
    telling.acknowledge('ann', at(1))
    expect(telling.pages(at(5))).toEqual(['bob/sms'])
  })

  test('of the person who is engaged ends the engagement', () => {
    const telling = new Telling('ann', ann)
    telling.step(at(0))
    telling.acknowledge('ann', at(1))
    expect(telling.engagement.stopped?.reason).toBe('Acknowledged by ann')
  })

  test('that came before the first step counts the same', () => {
    const essential = duty(true)
    essential.acknowledge('ann', at(0))
    expect(essential.pages(at(0))).toEqual([])
    expect(essential.engagement.stopped?.reason).toBe('Acknowledged by ann')
    const another = duty(false)
    another.acknowledge('ann', at(0))
    expect(another.pages(at(0))).toEqual(['bob/sms'])
  })
})

test('Only the contacts that matter now are looked up', () => {
  const looked: string[] = []
  const telling = new Telling('duty', plan('duty', stage(5, engage('ann')), stage(5, engage('bob'))), ann, bob)
  const contacts = telling.directory
  telling.directory = new Map(contacts)
  telling.directory.get = (arn) => {
    looked.push(arn)
    return contacts.get(arn)
  }
  telling.step(at(0))
  expect(looked).toEqual(['duty', 'ann'])
})
