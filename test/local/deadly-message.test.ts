// A message that ends the whole process, again and again: it is counted, holds nobody else up, and waits for a person in the end.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { processEnvironment } from '../../lib/aws/config.ts'
import { ROOT, temporaryFolder } from './rehearsal.ts'

const TRIES = 5

test.each(['SIGKILL', 'exit'])(
  'a message that ends the process by %s is a dead letter after five tries',
  { timeout: 120_000 },
  (way) => {
    const data = temporaryFolder()
    const live = (minutes: number, ...numbers: number[]): string[] => {
      const { stdout } = spawnSync(
        process.execPath,
        [fileURLToPath(import.meta.resolve('./deadly-message.ts')), data, way, `${minutes}`, ...numbers.map(String)],
        { cwd: ROOT, encoding: 'utf8', env: { ...processEnvironment(), POWERTOOLS_LOG_LEVEL: 'SILENT' } },
      )
      return stdout.trim().split('\n')
    }
    const lives = [live(0, 12, 13, 14)]
    expect(lives[0]?.join(' ')).toContain('13')
    // Restarted whenever it ends, as a supervisor does; what comes meanwhile is not behind it.
    for (let number = 20; lives.length <= TRIES; number += 1) lives.push(live(4, number))
    const all = lives.flat()
    expect(all.at(-1)).toBe('dead letters: ["The process ended while this was being tried"]')
    const tried = all.flatMap((line) => (line.startsWith('dead') ? [] : line.split(' ').map(Number)))
    expect(tried.filter((number) => number === 13)).toHaveLength(TRIES)
    // The second life ends by the first, at once, before 20 could be accepted.
    expect(new Set(tried)).toEqual(new Set([12, 13, 14, 21, 22, 23, 24]))
  },
)
