// What `npm start` shows of the functions' log: text on a terminal, a line for each record that somebody has to read.
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { type LogRecord, makeReadable, readable } from '../../lib/local/terminal.ts'

const ID = '60a01fd8-f950-89b0-b78e-3a7dfbfe9070'
const ALARM = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:checkout-5xx'
const INCIDENT = `arn:aws:ssm-incidents::111122223333:incident-record/default/${ID}`
const contacts = (resource: string): string => `arn:aws:ssm-contacts:us-east-1:111122223333:${resource}/${ID}`
const SINCE = '2026-11-22T03:14:07.000Z'
const AT = new Date(2026, 10, 22, 3, 14, 7)

const record = (message: string, facts: object = {}, level = 'INFO'): LogRecord => ({
  level,
  message,
  timestamp: AT.toISOString(),
  service: 'sweep',
  cold_start: false,
  function_arn: 'arn:aws:lambda:us-east-1:111122223333:function:tocsin-production-sweep',
  function_memory_size: '512',
  function_name: 'tocsin-production-sweep',
  function_request_id: '3c50c4af-38bd-4c9b-8aab-d23f52cf0c0e',
  sampling_rate: 0,
  ...facts,
})
/** What is said after the time and the service. */
const said = (message: string, facts: object = {}, level = 'INFO'): string | undefined =>
  readable(record(message, facts, level))?.slice('03:14:07 sweep            '.length)

describe('a record', () => {
  test('is its local time, its service, its message, its facts and the incident', () => {
    const line = readable(record('Something', { planArn: 'arn:aws:x:::response-plan/on-call', correlation_id: ID }))
    expect(line).toBe('03:14:07 sweep            Something (plan on-call) [60a01fd8]')
  })

  test("has the system's time where that is simulated", () => {
    expect(readable(record('Something'), new Date(2026, 10, 22, 5, 0, 1))).toMatch(/^05:00:01 /u)
  })

  const page = { page: contacts('page/primary'), channelType: 'SMS', attempt: 1 }
  const keys = (...what: string[]) => ({ episode: ALARM, commands: what.map((key) => `${ALARM}/1/${key}`) })
  test.each<[message: string, facts: object, line: string | undefined]>([
    ['A page left', { ...page, contact: 'primary' }, 'paged primary by SMS'],
    ['A page left', { ...page, said: 'Incident: checkout' }, 'paged primary by SMS - Incident: checkout'],
    ['A page left', { ...page, channelType: 'EMAIL', attempt: 2 }, 'paged primary by e-mail, attempt 2'],
    [
      'A page could not be sent',
      { ...page, because: 'no carrier', triedAgain: true },
      'NOT PAGED: primary by SMS - no carrier; it is tried again',
    ],
    ['A page was acknowledged', { ...page, codeChecked: true }, 'primary acknowledged'],
    ['A page was acknowledged', { ...page, codeChecked: false }, 'a page of primary was accepted without its code'],
    ['A page was accepted', page, 'primary replied by SMS'],
    [
      'An incident was opened',
      { incident: INCIDENT, title: 'Checkout fails', correlation_id: ID },
      'incident opened - Checkout fails [60a01fd8]',
    ],
    ['An incident was resolved', { title: 'Checkout fails' }, 'incident resolved - Checkout fails'],
    [
      'The last resort was told',
      { subject: 'NOBODY IS PAGED for checkout-5xx' },
      'told the last resort - NOBODY IS PAGED for checkout-5xx',
    ],
    ['Decided', keys('start', `${ALARM}|ALARM|${SINCE}`), 'decided: start (checkout-5xx)'],
    ['Decided', keys('start/fallback', 'fallback/note'), 'decided: start by the fallback plan (checkout-5xx)'],
    ['Decided', keys('start/last-resort/2'), 'decided: tell the last resort (checkout-5xx)'],
    ['Decided', keys(`page-anew/${SINCE}/last-resort`), 'decided: tell the last resort (checkout-5xx)'],
    ['Decided', keys(`${ALARM}|OK|${SINCE}`), 'decided: note OK (checkout-5xx)'],
    ['Decided', keys(`${ALARM}|ALARM|${SINCE}|muted`), 'decided: note ALARM (checkout-5xx)'],
    ['Decided', keys('event|4711'), 'decided: note the event (checkout-5xx)'],
    ['Decided', keys('left-open/note'), 'decided: note left-open (checkout-5xx)'],
    ['Decided', keys(`resolve/${SINCE}/note`, `resolve/${SINCE}/status`), 'decided: resolve (checkout-5xx)'],
    [
      'Decided',
      keys(`stop/${contacts('engagement/primary')}`, `recovered/${SINCE}/note`),
      'decided: stop paging primary (checkout-5xx)',
    ],
    [
      'Decided',
      keys(`page-anew/${SINCE}/arn:aws:ssm-contacts:us-east-1:111122223333:contact/on-call`, `page-anew/${SINCE}/note`),
      'decided: page on-call anew (checkout-5xx)',
    ],
    [
      'Decided',
      keys(`accept/${contacts('page/primary')}`, 'accept/primary/note'),
      'decided: accept a page of primary (checkout-5xx)',
    ],
    [
      'Decided',
      keys(`escalate/0/${SINCE}/1/manager`, `escalate/0/${SINCE}/1/impact`, `escalate/0/${SINCE}/1/note`),
      'decided: escalate to manager, raise the impact (checkout-5xx)',
    ],
    ['Swept', { due: 0, oldestDueSeconds: 0, failures: 0, redriven: 0, unseen: 0 }, undefined],
    ['Swept', { due: 3, oldestDueSeconds: 59, failures: 1, redriven: 0, unseen: 0 }, undefined],
    ['Swept', { due: 0, redriven: 2, unseen: 0 }, 'swept: 2 redriven, 0 unseen until now'],
    ['Swept', { due: 3, oldestDueSeconds: 130 }, 'what is due waits: 3, the oldest for 130 seconds'],
    ['Ignored by rule', { rule: 'nights', subject: ALARM }, 'Ignored by rule (rule nights, subject checkout-5xx)'],
    ['Odd', { a: null, b: '', c: { d: [1] } }, 'Odd (c {"d":[1]})'],
    ['Odd', { reason: `${INCIDENT} of ${ALARM}, ${ID}` }, 'Odd (reason 60a01fd8 of checkout-5xx, 60a01fd8)'],
    ['Odd', { alarm: `${ALARM}: and/or more` }, 'Odd (alarm checkout-5xx: and/or more)'],
    ['Odd', { long: 'x'.repeat(300) }, `Odd (long ${'x'.repeat(199)}…)`],
    ['Odd\u001b[2J', { name: 'one\r\ntwo\u202e' }, 'Odd [2J (name one two)'],
  ])('%s %j', (message, facts, line) => {
    expect(said(message, facts)).toBe(line)
  })

  test.each(['WARN', 'ERROR'])('says that it is a matter of %s, in the colour of that', (level) => {
    expect(said('Hm', {}, level)).toBe(`${level} Hm`)
    expect(readable(record('Hm', {}, level), AT, (format, text) => `<${format} ${text}>`)).toMatch(
      level === 'WARN' ? /<yellow WARN> Hm$/u : /<red ERROR> Hm$/u,
    )
  })
})

describe('an error', () => {
  const command = `${ALARM}/1/start`
  const stack = ['Error: x', ...[1, 2, 3, 4].map((line) => `    at made (file.ts:${line}:1)`)].join('\n')

  test('that has a name is its name and what it says', () => {
    const error = {
      name: 'ThrottlingException',
      location: 'a.ts:1',
      message: `Rate of ${ALARM}`,
      stack,
      $fault: 'client',
    }
    expect(said('A command failed; the sweep tries it again', { command, error }, 'ERROR')).toBe(
      'ERROR failed, and is tried again: start (checkout-5xx) - ThrottlingException: Rate of checkout-5xx',
    )
  })

  test('of the system is what it says, and what caused it', () => {
    const cause = { name: 'AggregateError', message: '', code: 'ECONNREFUSED', stack }
    expect(said('Hm', { error: { name: 'Sent', message: 'fetch failed', cause } })).toBe(
      'Hm - Sent: fetch failed, because of AggregateError: ECONNREFUSED',
    )
  })

  test('that nobody has foreseen also says where it comes from, in at most three lines more', () => {
    expect(said('Hm', { error: { name: 'TypeError', message: 'x', stack } })?.split('\n')).toEqual([
      'Hm - TypeError: x',
      ...[1, 2, 3].map((line) => `    at made (file.ts:${line}:1)`),
    ])
  })

  test('that is a text is that text', () => {
    expect(said('Hm', { error: 'no\nway' })).toBe('Hm - no way')
  })
})

describe('a stream that is made readable', () => {
  const written = (write: (stream: PassThrough) => void): string => {
    const stream = new PassThrough()
    makeReadable(stream, () => AT)
    write(stream)
    return String(stream.read() ?? '')
  }

  test('has a line for what Logger writes, without colours where it has none', () => {
    const line = `${JSON.stringify(record('Hm', {}, 'WARN'))}\n`
    expect(written((stream) => stream.write(line))).toBe('03:14:07 sweep            WARN Hm\n')
  })

  test('leaves out figures, and sweeps that had nothing to do', () => {
    const lines = [{ _aws: { Timestamp: 1 }, service: 'sweep', Pages: 1 }, record('Swept', { due: 0 })]
    expect(written((stream) => lines.forEach((line) => stream.write(`${JSON.stringify(line)}\n`)))).toBe('')
  })

  test.each(['Tocsin is ready\n', '{"half": \n', '{"level":"INFO","message":"no record"}\n', '[1]\n', '\n'])(
    'passes %j on as it is',
    (text) => {
      expect(written((stream) => stream.write(text))).toBe(text)
    },
  )

  test('passes bytes on as they are, and tells who wrote that they are written', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    expect(written((stream) => stream.write(Buffer.from('{"a":1}'), resolve))).toBe('{"a":1}')
    expect(await promise).toBeFalsy()
  })
})
