// The folder in which a system keeps everything: readable by nobody else, or nowhere at all.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const IN_MEMORY = ':memory:'

export interface DataFolder {
  /** Where the database is; `:memory:` keeps nothing. */
  readonly database: string
  /** What functions find in their task root: the compiled rules and the console, as in their deployed packages. */
  readonly taskRoot: string
  readonly secret: Uint8Array
  /** Removes what was made for the time of running only. */
  readonly close: () => void
}

/** Opens `data` (a folder, or `:memory:`) of the project in `root`. */
export function openDataFolder(data: string, root: string): DataFolder {
  if (data === IN_MEMORY) {
    const taskRoot = mkdtempSync(join(tmpdir(), 'tocsin-'))
    linkConsole(root, taskRoot)
    const close = (): void => rmSync(taskRoot, { recursive: true, force: true })
    return { database: IN_MEMORY, taskRoot, secret: randomBytes(32), close }
  }
  const folder = resolve(root, data)
  const taskRoot = join(folder, 'task')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  mkdirSync(taskRoot, { recursive: true })
  linkConsole(root, taskRoot)
  return { database: join(folder, 'tocsin.db'), taskRoot, secret: secretIn(folder), close: () => undefined }
}

function secretIn(folder: string): Uint8Array {
  const file = join(folder, 'secret')
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600, flush: true })
  const secret = readFileSync(file)
  if (secret.length !== 32) throw new Error(`${file} must hold 32 bytes, but has ${secret.length}`)
  return secret
}

function linkConsole(root: string, taskRoot: string): void {
  const link = join(taskRoot, 'console')
  rmSync(link, { force: true })
  symlinkSync(join(root, 'console'), link)
}
