// Packages copies of the project as whoever deploys it does: `serverless package`, offline and without credentials.
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Json, parseJson } from '../../lib/local/json.ts'
import { unzip } from './zip.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const PARTS = [
  'serverless.yml',
  'package.json',
  'package-lock.json',
  'rules.yml',
  'functions',
  'lib',
  'scripts',
  'console',
]

export type Parameters = Readonly<Record<string, string>>

export interface Packaged {
  readonly failed: boolean
  readonly output: string
}

/** A copy of the project, so that nobody else's packaging is in the way. */
export function copyOfProject(): string {
  const project = mkdtempSync(join(tmpdir(), 'tocsin-package-'))
  for (const name of PARTS) cpSync(join(ROOT, name), join(project, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'))
  return project
}

/** Packages the project in a folder. Settles whatever comes of it. */
export function packageProject(
  project: string,
  parameters: Parameters = {},
  stage?: string,
  region?: string,
): Promise<Packaged> {
  const place = Object.entries({ stage, region }).flatMap(([name, it]) => (it === undefined ? [] : [`--${name}`, it]))
  return serverless(project, ['package', ...asOptions(parameters), ...place])
}

/** As whoever types the command gives them. */
export const asOptions = (parameters: Parameters): string[] =>
  Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`)

/** Runs `serverless` in a project's folder, with no more of an environment than is given here. Settles whatever comes of it. */
export function serverless(
  project: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Packaged> {
  const command = join(project, 'node_modules', 'serverless', 'bin', 'serverless.js')
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [command, ...words],
      { cwd: project, env: { PATH: '/usr/bin:/bin', HOME: project, ...env } },
      (error, stdout, stderr) => resolve({ failed: error !== null, output: stdout + stderr }),
    )
  })
}

export const templatePath = (project: string): string =>
  join(project, '.serverless', 'cloudformation-template-update-stack.json')

export const templateOf = (project: string): Json => parseJson(readFileSync(templatePath(project), 'utf8'), 'template')

/** The names and sizes of the files in a package. */
export const filesIn = (project: string, zip: string): { name: string; size: number }[] =>
  [...unzip(readFileSync(join(project, '.serverless', zip)))].map(([name, { length: size }]) => ({ name, size }))
