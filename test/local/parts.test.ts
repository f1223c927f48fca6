// The small parts of one machine: durations, what a function URL answers.
import { describe, expect, test } from 'vitest'
import { localSettings } from '../../lib/aws/config.ts'
import { parseDuration } from '../../lib/local/duration.ts'
import { fromUrlAnswer } from '../../lib/local/function-url.ts'

describe('a duration', () => {
  test.each([
    ['PT5M', 300_000],
    ['P1DT2H', 93_600_000],
    ['PT1.5S', 1500],
    ['P2W', 1_209_600_000],
    ['PT0S', 0],
    ['PT90M', 5_400_000],
  ])('%s is %d milliseconds', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  test.each(['', 'P', 'PT', '5M', 'PT5', 'P1Y', 'P1M', 'PT-5M', 'PT5M ', 'pt5m', 'PT1.5M', 'P1DT'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )
})

describe('the settings', () => {
  test('have the values of the local contract when nothing is said', () => {
    expect(localSettings({})).toEqual({
      port: 4600,
      data: '.tocsin',
      clock: 'real',
      seed: true,
      rules: 'rules.yml',
      auth: 'loopback',
      throttle: 'off',
      declared: 'adopt',
      region: 'us-east-1',
      log: 'auto',
    })
  })

  test.each([
    [{ PORT: '70000' }, 'PORT must be a port number, but is 70000'],
    [{ TOCSIN_CLOCK: 'fast' }, 'TOCSIN_CLOCK must be real or simulated, but is fast'],
    [{ TOCSIN_SEED: 'no' }, 'TOCSIN_SEED must be on or off, but is no'],
    [{ TOCSIN_AUTH: 'none' }, 'TOCSIN_AUTH must be loopback or sigv4, but is none'],
    [{ TOCSIN_LOG: 'xml' }, 'TOCSIN_LOG must be auto or json or text, but is xml'],
  ])('%j are refused by name', (environment, problem) => {
    expect(() => localSettings(environment)).toThrow(problem)
  })
})

describe('what a function URL answers', () => {
  test.each([
    [{ a: 1 }, 200, '{"a":1}'],
    [undefined, 200, 'null'],
    [{ statusCode: 204 }, 204, ''],
    [{ statusCode: 404, body: 'no' }, 404, 'no'],
  ])('%j is status %d', (answer, status, body) => {
    expect(fromUrlAnswer(answer)).toMatchObject({ status, body })
  })
})
