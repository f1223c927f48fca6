// A page that could not be sent: whether the log says that it is tried again is what then happens.
import { expect, test } from 'vitest'
import { logMark, logsSince } from '../../logs.ts'
import { escalation, openDesk, openIncident, person, start } from './desk.ts'

test('the last try of a page says that it is not tried again, and every one before that it is', async () => {
  const desk = await openDesk()
  await openIncident(desk)
  const duty = await escalation(desk, 'duty', [await person(desk, 'ann')])
  const mark = logMark()
  let tries = 0
  desk.carrier = () => {
    tries += 1
    return { sent: false, retry: true, reason: 'Throttled' }
  }
  await start(desk, duty)
  for (let minute = 0; minute < 120; minute += 1) await desk.sweep(1)
  const said = logsSince(mark).flatMap(({ message, triedAgain }) =>
    message === 'A page could not be sent' ? [triedAgain] : [],
  )
  expect(tries).toBeGreaterThan(5)
  expect(said).toEqual(Array.from({ length: tries }, (_, at) => at < tries - 1))
})
