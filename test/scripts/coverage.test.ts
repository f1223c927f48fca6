// docs/coverage.md says what is so, and each difference from AWS that is written down names the tests that show it.
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { coverage, differences } from '../../scripts/coverage.ts'

const ROOT = new URL('../../', import.meta.url)

test('docs/coverage.md is up to date: `npm run coverage` writes it', () => {
  expect(readFileSync(new URL('docs/coverage.md', ROOT), 'utf8')).toBe(coverage())
})

test('each of the 70 operations is implemented and has its conformance tests', () => {
  expect(coverage().match(/^\| \w+ \| yes \| \[[\w-]+\]\(.+\) \|/gmu)).toHaveLength(70)
})

test('each known difference names tests that there are', () => {
  const files = readdirSync(new URL('test', ROOT), { recursive: true, encoding: 'utf8' }).map((path) => basename(path))
  const known = differences()
  expect(known.length).toBeGreaterThan(30)
  const unshown = known.filter(({ tests }) => !tests.length || tests.some((name) => !files.includes(name)))
  expect(unshown.map(({ text, tests }) => ({ text: text.slice(0, 80), tests }))).toEqual([])
})
