// The commands of docs/deploy.md and docs/organisation, word for word: each block of the second terminal is run with the AWS CLI, against a local system
// without a seed; of the others, which only AWS can answer, each command and option is one that the AWS CLI knows.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { compileRulesFile } from '../../lib/local/rules-file.ts'
import { parseJson } from '../../lib/local/json.ts'
import { startSystem } from '../../lib/local/system.ts'

const ROOT = join(import.meta.dirname, '../..')
const MARK = '--- next block ---'
const missing = ['aws', 'curl', 'bash'].filter((program) => spawnSync(program, ['--version']).error)
if (missing.length)
  console.log(`SKIPPED: the commands of docs/deploy.md and docs/organisation need ${missing.join(', ')}`)

const GUIDES = ['docs/deploy.md', 'docs/organisation/README.md'].map((file) => readFileSync(join(ROOT, file), 'utf8'))
const all = GUIDES.flatMap((guide) => [...guide.matchAll(/^```sh\n(.*?)^```/gmsu)].map(([, block = '']) => block))
const isSecond = (block: string): boolean => block.startsWith('# Second terminal')
const blocks = all.filter(isSecond).map((block) => block.replaceAll('123456', '$(newest_code)'))

/** What each block prints, run in one shell in a folder with the packaged rules. Throws when a command fails. */
async function run(script: readonly string[], url: string, data: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-deploy-guide-'))
  const packaged = join(folder, '.build/functions/open-incident')
  mkdirSync(packaged, { recursive: true })
  writeFileSync(join(packaged, 'rules.json'), JSON.stringify(compileRulesFile(join(ROOT, 'rules.yml'))))
  const begin = `set -e
    aws() { command aws --endpoint-url ${url} "$@"; } # every version of the AWS CLI knows the option
    # What the first terminal has set, and the key of the system here instead of a stage's.
    out() { echo arn:aws:sns:us-east-1:111122223333:tocsin-production-notifications; }
    npm() { [ "$*" = "run -s keys -- create --name ann --role admin --stage production --region us-east-1" ] && node ${ROOT}/scripts/keys.ts create --name ann --role admin; }
    newest_code() { curl -s ${url}/_tocsin/messages | grep -o '"code":"[0-9]*"' | head -1 | grep -o '[0-9]*'; }`
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    AWS_PAGER: '',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    PORT: new URL(url).port,
    TOCSIN_DATA: data,
    USER: 'ann',
    STAGE: 'production',
  }
  const bash = spawn('bash', ['-c', [begin, ...script].join(`\necho '${MARK}'\n`)], { cwd: folder, env })
  const [printed, problems] = await Promise.all([text(bash.stdout), text(bash.stderr)])
  rmSync(folder, { recursive: true })
  expect(problems).toBe('# The secret is shown this once: keep it as you keep a password.\n')
  return printed.split(`${MARK}\n`).slice(1)
}

test.skipIf(missing.length > 0)(
  "the guide's second terminal makes a person, a plan and an answer, and names whom the rules engage in vain",
  async () => {
    const options = { clock: 'simulated', rules: 'rules.yml', seed: false, region: 'us-east-1' } as const
    const data = mkdtempSync(join(tmpdir(), 'tocsin-deploy-guide-'))
    const system = await startSystem({ port: 0, data, ...options })
    try {
      const [key = '', people = '', plan = '', names = '', answer = '', ...others] = blocks
      expect(others).toEqual([])
      const alarm = `aws events put-events --entries file://${ROOT}/events/cloudwatch/alarm.entries.json
        curl -s ${system.url}/_tocsin/clock -d '{"advance":"PT1S"}'`
      const receipts =
        'aws ssm-contacts list-page-receipts --page-id $PAGE --query "Receipts[].ReceiptType" --output text'
      const printed = await run([key, people, plan, names, alarm, answer, receipts], system.url, data)
      // The sample rule `checkout` engages a manager; `on-call` and the plan `default` are there now.
      expect(
        parseJson(printed[0] ?? '', 'the checkpoint')
          .get('Contacts')
          .list(),
      ).toEqual([])
      expect(printed[3]).toBe('manager\n')
      expect(printed[5]).toContain('SSM Contacts Page for Incident')
      expect(printed[6]).toContain('READ')
    } finally {
      await system.close()
      rmSync(data, { recursive: true })
    }
  },
  180_000,
)

test.skipIf(missing.length > 0)(
  'every other command of the guide is one that the AWS CLI knows, with its options',
  () => {
    const stand = 'git() { :; }; cd() { :; }; npx() { :; }; npm() { :; }'
    const aws = 'aws() { command aws "$@" --generate-cli-skeleton > /dev/null && echo "aws $1 $2" >&3 && echo it; }'
    const others = all.filter((block) => !isSecond(block)).map((block) => block.replaceAll(/<[^<>\n]+>/gu, 'name'))
    const script = `set -e; exec 3>&1 >/dev/null; ${stand}; ${aws}\n${others.join('\n')}`
    const env = { PATH: process.env['PATH'], AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1', AWS_PAGER: '' }
    const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { env, encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    const written = others.join('\n').match(/\baws [a-z0-9-]+ [a-z-]+/gu) ?? []
    expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(written))
  },
  180_000,
)
