// The folder in which a system keeps everything: readable by nobody else, or nowhere at all.
import { hash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Database, openDatabase } from '../aws/table/sqlite-database.ts'
import { makeFolderDurably, writeDurably } from './durable.ts'
import { openSettings } from './settings.ts'

export const IN_MEMORY = ':memory:'

export interface DataFolder {
  /** Where it is; `:memory:` keeps nothing. */
  readonly path: string
  readonly database: Database
  /** What functions find in their task root: the compiled rules and the console, as in their deployed packages. */
  readonly taskRoot: string
  readonly secret: Uint8Array
  /** No process has worked in it before. */
  readonly isNew: boolean
  /** Closes the database, and removes what was made for the time of running only. */
  readonly close: () => Promise<void>
}

/** What a data folder holds that cannot be made again. */
export const filesIn = (folder: string) => ({
  database: join(folder, 'tocsin.db'),
  secret: join(folder, 'secret'),
  /** There while a backup is being restored: until that has come to its end, the folder is neither the old one nor the new. */
  restoring: join(folder, 'restoring'),
  /** What is being restored, before it is in its place. */
  restored: join(folder, 'restored'),
})

/** The data folder cannot be worked in; the message says what a person can do. */
class DataFolderUnusable extends Error {
  override readonly name = 'DataFolderUnusable'
}

const WAY_OUT = 'npm run restore -- <backup file> brings a backup back'

/**
 * Opens `data` (a folder, or `:memory:`) of the project in `root`. Throws DatabaseInUse when another process works in it,
 * DatabaseCorrupt or DataFolderUnusable when it is damaged; what is left of it then stays as it is.
 */
export async function openDataFolder(data: string, root: string, open = openDatabase): Promise<DataFolder> {
  if (data === IN_MEMORY) {
    const taskRoot = mkdtempSync(join(tmpdir(), 'tocsin-'))
    linkConsole(root, taskRoot)
    const database = open(IN_MEMORY)
    const close = async (): Promise<void> => {
      await database.close()
      rmSync(taskRoot, { recursive: true, force: true })
    }
    return { path: IN_MEMORY, database, taskRoot, secret: randomBytes(32), isNew: true, close }
  }
  const path = resolve(root, data)
  const taskRoot = join(path, 'task')
  let database: Database | undefined
  try {
    makeFolderDurably(path)
    checkKept(path)
    database = open(filesIn(path).database)
    keepToOwner(filesIn(path).database)
    const { secret, isNew } = await secretOf(path, database)
    mkdirSync(taskRoot, { recursive: true })
    linkConsole(root, taskRoot)
    const opened = database
    return { path, database, taskRoot, secret, isNew, close: () => opened.close() }
  } catch (error) {
    await database?.close()
    throw isFileError(error)
      ? new DataFolderUnusable(
          `The data folder ${path} cannot be used (${error.message}): TOCSIN_DATA must name a folder that this user may read and write`,
          { cause: error },
        )
      : error
  }
}

/** An empty database beside a secret is one that was lost: to begin anew there must not look like a start. */
function checkKept(folder: string): void {
  const { database, secret, restoring } = filesIn(folder)
  if (existsSync(restoring))
    throw new DataFolderUnusable(`A restore into ${folder} has not come to its end: run it again. ${WAY_OUT}`)
  if (existsSync(secret) && !statSync(database, { throwIfNoEntry: false })?.size)
    throw new DataFolderUnusable(
      `The database ${database} is empty or gone, though its folder has been in use: ${WAY_OUT}; to begin anew, move the folder away`,
    )
}

/** The folder may be one that somebody else has made, and let others look into. */
function keepToOwner(database: string): void {
  for (const file of [database, `${database}-wal`])
    if (statSync(file, { throwIfNoEntry: false })?.uid === process.geteuid?.()) chmodSync(file, 0o600)
}

/** The secret is made after the database, which remembers which one it is: keys and stored secrets depend on it. */
async function secretOf(folder: string, database: Database): Promise<Pick<DataFolder, 'secret' | 'isNew'>> {
  const file = filesIn(folder).secret
  const settings = await openSettings(database)
  const known = settings.get('secret-hash')
  if (known === undefined && !existsSync(file)) writeDurably(file, randomBytes(32))
  if (!existsSync(file)) throw new DataFolderUnusable(`The secret ${file} is gone: ${WAY_OUT}, and its secret with it`)
  const secret = readFileSync(file)
  if (secret.length !== 32)
    throw new DataFolderUnusable(`The secret ${file} must hold 32 bytes, but has ${secret.length}: ${WAY_OUT}`)
  const found = hash('sha256', secret)
  if (known === undefined) await settings.set('secret-hash', found)
  else if (known !== found)
    throw new DataFolderUnusable(`The secret ${file} is not the one that belongs to the database beside it: ${WAY_OUT}`)
  return { secret, isNew: known === undefined }
}

function linkConsole(root: string, taskRoot: string): void {
  const link = join(taskRoot, 'console')
  rmSync(link, { force: true })
  symlinkSync(join(root, 'console'), link)
}

/** An error of the operating system's; it names the path. */
const isFileError = (error: unknown): error is Error => error instanceof Error && 'syscall' in error
