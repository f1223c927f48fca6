// The AWS CLIs of this machine, and one command of theirs at a time against an endpoint.
import { execFile, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { expect } from 'vitest'

export type Service = 'ssm-incidents' | 'ssm-contacts'
export interface Answer {
  readonly [member: string]: unknown
}
/** Runs one command. Options that are no text are JSON. Expects exit code 0, and an answer that has `members`. */
export type Call = (service: Service, command: string, options: object, members?: object) => Promise<Answer>

export interface Cli {
  readonly path: string
  /** `aws-cli/2.9.19`, say. */
  readonly version: string
  /** `<service> <operation>` of those that it knows. */
  readonly operations: ReadonlySet<string>
}

/** The first on the PATH, and the one that a Linux distribution brings, where that is another version. */
export function findClis(): Cli[] {
  const clis = ['aws', '/usr/bin/aws'].flatMap((path) => {
    const { error, stdout, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8' })
    const version = /aws-cli\/[\d.]+/u.exec(`${stdout}${stderr}`)?.[0]
    return error || version === undefined ? [] : [{ path, version }]
  })
  return clis
    .filter(({ version }, index) => clis.findIndex((other) => other.version === version) === index)
    .map((cli) => ({
      ...cli,
      operations: new Set([...commands(cli.path, 'ssm-incidents'), ...commands(cli.path, 'ssm-contacts')]),
    }))
}

/** A command that does not exist is refused with the list of those that do. */
function commands(path: string, service: Service): string[] {
  const { stderr } = spawnSync(path, [service, 'none'], { encoding: 'utf8' })
  const [, listed = ''] = stderr.split('valid choices are:')
  return [...listed.matchAll(/[a-z]+(?:-[a-z]+)+/gu)].map(([command]) => `${service} ${command}`)
}

const runFile = promisify(execFile)

/** Runs commands of `cli` against `url`, as many at once as the machine has cores; `called` is told each that has been run. */
export function caller({ path }: Cli, url: string, called: (operation: string) => void): Call {
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_PAGER: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  }
  let free = availableParallelism()
  const waiting: (() => void)[] = []
  const turn = async (): Promise<void> => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const done = (): void => {
    const next = waiting.shift()
    if (next) next()
    else free++
  }
  return async (service, command, options, members = {}) => {
    const given = Object.entries(options).flatMap(([name, value]) => option(name, value))
    await turn()
    try {
      const line = ['--endpoint-url', url, '--output', 'json', service, ...command.split(' '), ...given]
      const { stdout } = await runFile(path, line, { env })
      const answer: Answer = stdout.trim() ? JSON.parse(stdout) : {}
      expect(answer, `${service} ${command}`).toMatchObject(members)
      called(`${service} ${command}`)
      return answer
    } finally {
      done()
    }
  }
}

function option(name: string, value: unknown): string[] {
  if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`]
  return [`--${name}`, typeof value === 'string' ? value : JSON.stringify(value)]
}

/** A member that is a text. */
export function textOf(answer: Answer, member: string): string {
  const value = answer[member]
  if (typeof value !== 'string') throw new TypeError(`${member} is no text`)
  return value
}
