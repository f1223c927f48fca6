// docs/deploy.md's second terminal, word for word: each block is run with the AWS CLI, against a local system without a seed.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { compileRulesFile } from '../../lib/local/rules-file.ts'
import { startSystem } from '../../lib/local/system.ts'

const ROOT = join(import.meta.dirname, '../..')
const MARK = '--- next block ---'
const missing = ['aws', 'curl', 'bash'].filter((program) => spawnSync(program, ['--version']).error)
if (missing.length) console.log(`SKIPPED: the commands of docs/deploy.md need ${missing.join(', ')}`)

/** The blocks of the second terminal, but for the first, which issues a key for a stage. */
const blocks = [
  ...readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8').matchAll(/^```sh\n(# Second terminal.*?)^```/gmsu),
].flatMap(([, block = '']) => block.replaceAll('123456', '$(newest_code)'))

/** What each block prints, run in one shell in a folder with the packaged rules. Throws when a command fails. */
async function run(script: readonly string[], url: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-deploy-guide-'))
  const packaged = join(folder, '.build/functions/open-incident')
  mkdirSync(packaged, { recursive: true })
  writeFileSync(join(packaged, 'rules.json'), JSON.stringify(compileRulesFile(join(ROOT, 'rules.yml'))))
  const begin = `set -e
    aws() { command aws --endpoint-url ${url} "$@"; } # every version of the AWS CLI knows the option
    newest_code() { curl -s ${url}/_tocsin/messages | grep -o '"code":"[0-9]*"' | head -1 | grep -o '[0-9]*'; }`
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    AWS_PAGER: '',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    NOTIFY: 'arn:aws:sns:us-east-1:111122223333:tocsin-production-notifications',
  }
  const bash = spawn('bash', ['-c', [begin, ...script].join(`\necho '${MARK}'\n`)], { cwd: folder, env })
  const [printed, problems] = await Promise.all([text(bash.stdout), text(bash.stderr)])
  rmSync(folder, { recursive: true })
  expect(problems).toBe('')
  return printed.split(`${MARK}\n`).slice(1)
}

test.skipIf(missing.length > 0)(
  "the guide's second terminal makes a person, a plan and an answer, and names whom the rules engage in vain",
  async () => {
    const options = { clock: 'simulated', rules: 'rules.yml', seed: false, region: 'us-east-1' } as const
    const system = await startSystem({ port: 0, data: ':memory:', ...options })
    try {
      const [, people = '', plan = '', names = '', answer = '', ...others] = blocks
      expect(others).toEqual([])
      const alarm = `aws events put-events --entries file://${ROOT}/events/cloudwatch/alarm.entries.json
        curl -s ${system.url}/_tocsin/clock -d '{"advance":"PT1S"}'`
      const receipts =
        'aws ssm-contacts list-page-receipts --page-id $PAGE --query "Receipts[].ReceiptType" --output text'
      const printed = await run([people, plan, names, alarm, answer, receipts], system.url)
      // The sample rule `checkout` engages a manager; `on-call` and the plan `default` are there now.
      expect(printed[2]).toBe('manager\n')
      expect(printed[4]).toContain('SSM Contacts Page for Incident')
      expect(printed[5]).toContain('READ')
    } finally {
      await system.close()
    }
  },
  180_000,
)
