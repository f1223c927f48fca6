// The README's transcript, word for word: every line is run with the AWS CLI against a system in simulated time.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { startSystem } from '../lib/local/system.ts'

const ROOT = join(import.meta.dirname, '..')
const MARK = '--- next step ---'
const missing = ['aws', 'curl', 'bash'].filter((program) => spawnSync(program, ['--version']).error)
if (missing.length) console.log(`SKIPPED: the README's transcript needs ${missing.join(', ')}`)

interface Step {
  readonly command: string
  readonly expected: string
}

/** The steps of all console blocks: a line that begins with `$ `, and what it prints. */
function steps(markdown: string): Step[] {
  const lines = [...markdown.matchAll(/^```console\n(.*?)^```/gmsu)].flatMap(([, block = '']) =>
    block.trimEnd().split('\n'),
  )
  return lines.reduce<Step[]>((found, line) => {
    if (line.startsWith('$ ')) return [...found, { command: line.slice(2), expected: '' }]
    const last = found.at(-1)
    if (!last) throw new Error(`The transcript begins with output: ${line}`)
    return [...found.slice(0, -1), { ...last, expected: `${last.expected}${line}\n` }]
  }, [])
}

/** `…` stands for anything within a line, and alone on a line for any lines. */
const pattern = (expected: string): RegExp =>
  new RegExp(
    `^${expected
      .replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&')
      .replaceAll(/^…\n/gmu, '(?:.*\\n)*')
      .replaceAll('…', '.*')}$`,
    'u',
  )

describe('the README', () => {
  it.skipIf(missing.length > 0)(
    'has a transcript that can be repeated word for word',
    async () => {
      const system = await startSystem({
        port: 0,
        data: ':memory:',
        clock: 'simulated',
        rules: 'rules.yml',
        seed: true,
        region: 'us-east-1',
      })
      try {
        const transcript = steps(readFileSync(join(ROOT, 'README.md'), 'utf8'))
        expect(transcript.length).toBeGreaterThan(20)
        const here = (command: string): string =>
          command
            .replaceAll('http://127.0.0.1:4600', system.url)
            .replace(/^(npm run -s send -- \S+)/u, `$1 --url ${system.url}`)
        const script = transcript.map(({ command }) => `${here(command)}\necho '${MARK}'`).join('\n')
        const bash = spawn('bash', ['-c', script], { cwd: ROOT, env: { ...process.env, AWS_PAGER: '' } })
        const [printed, problems] = await Promise.all([text(bash.stdout), text(bash.stderr)])
        const outputs = printed.split(`${MARK}\n`)
        for (const [index, { command, expected }] of transcript.entries())
          expect(outputs[index]?.replaceAll(/[ \t]+$/gmu, ''), `${command}\n${problems}`).toMatch(pattern(expected))
      } finally {
        await system.close()
      }
    },
    180_000,
  )
})
