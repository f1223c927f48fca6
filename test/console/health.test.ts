// What the console says of the machine that serves it: never that all is well where it does not know, nor that there is nothing.
import { expect, test } from 'vitest'

const { healthIn, quietWords } = await import(new URL('../../console/health.js', import.meta.url).href)
const { everyPage } = await import(new URL('../../console/api.js', import.meta.url).href)

const ok = { status: 'ok', detail: 'Fine' }

test('what fails is a banner with what to do', () => {
  const parts = { sweep: ok, disk: { status: 'failing', detail: 'The disk is full: make room' } }
  expect(healthIn({ status: 'failing', parts, notes: ['aws.ecs is ignored'] })).toEqual({
    state: 'failing',
    problems: [{ title: 'Nothing can be kept', detail: 'The disk is full: make room' }],
    notes: ['aws.ecs is ignored'],
  })
  expect(healthIn({ status: 'ok', parts: { sweep: ok } })).toEqual({ state: 'ok', problems: [], notes: [] })
})

test.each([undefined, null, 'text', {}, { status: 'starting' }, { Message: 'Forbidden' }, { parts: null }])(
  'an answer such as %j says nothing',
  (answer) => {
    expect(healthIn(answer)).toEqual({ state: 'unknown', problems: [], notes: [] })
  },
)

test('every bell is silent only where that is known', () => {
  expect(quietWords('ok', false)).toEqual({ title: 'Nothing is open', text: 'Every bell is silent.' })
  expect(quietWords('failing', false).title).toBe('Nothing is open, but not all is well')
  expect(quietWords('unknown', false).text).toMatch(/cannot be seen from here/u)
})

test('a list goes on until something is found or it ends, however many pages are empty', async () => {
  const pages = (total: number) => {
    return ({ nextToken }: { nextToken?: string }) => {
      const number = Number(nextToken ?? 0)
      return {
        found: number === 40 ? ['the open one'] : [],
        ...(number < total ? { nextToken: String(number + 1) } : {}),
      }
    }
  }
  expect(await everyPage(pages(60), 'found', 'nextToken')).toEqual(['the open one'])
  expect(await everyPage(pages(20), 'found', 'nextToken')).toEqual([])
})
