// The compiled template: `serverless package` runs only when what it reads has changed, and never twice at a time.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import type { Environment } from '../aws/config.ts'

const SOURCES = [
  'serverless.yml',
  'package-lock.json',
  ...['serverless-bundle.cjs', 'bundle.ts', 'conditions.ts', 'dashboard.cjs', 'parameters.cjs'].map((name) =>
    join('scripts', name),
  ),
]
const COMPILED = join('.serverless', 'cloudformation-template-update-stack.json')
const POLL_MS = 100

/** The path of the compiled template of the project in `root`. Throws what `serverless package` says when it fails. */
export async function compiledTemplate(root: string, environment: Environment): Promise<string> {
  const folder = join(root, '.build', 'template')
  const template = join(folder, 'template.json')
  const stamp = join(folder, 'sources.sha256')
  const isCurrent = (): boolean =>
    existsSync(template) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest(root)
  if (isCurrent()) return template
  mkdirSync(folder, { recursive: true })
  const release = await lock(join(folder, 'lock'))
  try {
    if (isCurrent()) return template
    const sources = digest(root)
    await packageService(root, environment)
    copyFileSync(join(root, COMPILED), template)
    writeFileSync(stamp, sources)
    return template
  } finally {
    release()
  }
}

/**
 * What the template of the project in `root` comes from, as paths in it. The code of the functions is not in the template
 * (their bundles are uploaded beside it), but which functions there are is.
 */
export function templateSources(root: string): { readonly files: readonly string[]; readonly functions: string } {
  const names = readdirSync(join(root, 'functions')).toSorted()
  const wiring = names.filter((name) => name.endsWith('.yml')).map((name) => join('functions', name))
  return { files: [...SOURCES, ...wiring], functions: names.join(' ') }
}

function digest(root: string): string {
  const { files, functions } = templateSources(root)
  const hash = createHash('sha256').update(functions)
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

async function packageService(root: string, environment: Environment): Promise<void> {
  const serverless = join(root, 'node_modules', 'serverless', 'bin', 'serverless.js')
  // Nothing of the user's AWS settings may get into what runs here.
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_')))
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, [serverless, 'package'], { cwd: root, env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`serverless package failed:\n${stdout}${stderr}`))
      else resolve()
    })
  })
}

/** Waits until nobody else packages. The lock is SQLite's, so the operating system's: it goes with its process. */
async function lock(file: string): Promise<() => void> {
  const db = new DatabaseSync(file, { timeout: 0 })
  for (;;) {
    try {
      db.exec('BEGIN EXCLUSIVE')
      return () => db.close()
    } catch (error) {
      if (!(error instanceof Error && /locked|busy/.test(error.message))) throw error
      await wait(POLL_MS)
    }
  }
}
