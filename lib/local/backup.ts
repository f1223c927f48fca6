// A backup is one SQLite file with everything that a restore needs: all tables, and the secret in a table of its own.
import { randomUUID } from 'node:crypto'
import { chmodSync, closeSync, copyFileSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DatabaseInUse, openDatabase } from '../aws/table/sqlite-database.ts'
import { type DataFolder, filesIn } from './data-folder.ts'
import { makeFolderDurably, sync, writeDurably } from './durable.ts'
import { RESTORED } from './settings.ts'

/** What was asked for cannot be done; the message names the file and says what a person can do. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused'

  /** Whether the same may be asked again when there is room. */
  get isFull(): boolean {
    const { cause } = this
    if (!(cause instanceof Error)) return false
    return ('code' in cause && cause.code === 'ENOSPC') || ('errcode' in cause && cause.errcode === SQLITE_FULL)
  }
}

const SQLITE_FULL = 13

/**
 * Writes a backup of all that was answered before, for its owner's eyes only; on disk when it settles. Work goes on
 * meanwhile. Throws BackupRefused when the file is there already or cannot be written.
 */
export async function backUp(
  { database, secret }: Pick<DataFolder, 'database' | 'secret'>,
  file: string,
  at: Date,
): Promise<void> {
  refuseExisting(file)
  const unfinished = `${file}.${randomUUID()}.unfinished`
  try {
    closeSync(openSync(unfinished, 'wx', 0o600))
    await database.copyTo(unfinished)
    addSecret(unfinished, secret, at)
    sync(unfinished)
    refuseExisting(file)
    renameSync(unfinished, file)
    sync(dirname(file))
  } catch (error) {
    for (const rest of ['', '-wal', '-shm', '-journal']) rmSync(unfinished + rest, { force: true })
    if (error instanceof BackupRefused) throw error
    throw new BackupRefused(`The backup ${file} cannot be written: ${messageOf(error)}`, { cause: error })
  }
}

function refuseExisting(file: string): void {
  if (existsSync(file))
    throw new BackupRefused(`${file} exists already, and a backup replaces nothing: name another file`)
}

/** One file is the whole of it: what would be in a log beside it is written into it. */
function addSecret(file: string, secret: Uint8Array, at: Date): void {
  const db = new DatabaseSync(file)
  try {
    db.exec(
      'PRAGMA journal_mode = DELETE; CREATE TABLE tocsin_backup (made_at TEXT NOT NULL, secret BLOB NOT NULL) STRICT',
    )
    db.prepare('INSERT INTO tocsin_backup (made_at, secret) VALUES (?, ?)').run(at.toISOString(), secret)
  } finally {
    db.close()
  }
}

interface Backup {
  readonly secret: Uint8Array
  readonly madeAt: string
}

/** Reads a backup from its first page to its last. Throws BackupRefused when it is none, or damaged. */
export function checkBackup(file: string): Backup {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { readOnly: true })
    const isBackup = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'tocsin_backup'").get() !== undefined
    const row = isBackup ? db.prepare('SELECT made_at, secret FROM tocsin_backup').get() : undefined
    const secret = row?.['secret']
    if (!(secret instanceof Uint8Array)) throw new Error('it is no backup of Tocsin')
    const problem = String(db.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'])
    if (problem !== 'ok') throw new Error(problem)
    return { secret, madeAt: String(row?.['made_at']) }
  } catch (error) {
    throw new BackupRefused(`${file} cannot be restored (${messageOf(error)}): name another file`, { cause: error })
  } finally {
    db?.close()
  }
}

export interface Restored {
  /** The instant of the backup. */
  readonly madeAt: string
  /** The folder to which was moved what had been there; undefined when there was nothing. */
  readonly kept: string | undefined
}

/**
 * Puts a backup in the place of what is in the data folder, which is kept beside it. Throws BackupRefused when the file
 * is no sound backup, or when Tocsin runs there; then nothing has changed. Where it is interrupted, the folder refuses to
 * be opened until it is run again: it is never taken for the old state, nor for the new.
 */
export async function restore(file: string, folder: string, at: Date): Promise<Restored> {
  const files = filesIn(folder)
  const { madeAt, secret } = checkBackup(file)
  const release = await lock(files.database)
  try {
    makeFolderDurably(folder)
    stage(file, secret, files.restored, at)
    writeDurably(files.restoring, Buffer.from(`${file}\n`))
  } finally {
    await release()
  }
  const kept = keep(folder, at)
  const staged = filesIn(files.restored)
  renameSync(staged.secret, files.secret)
  renameSync(staged.database, files.database)
  sync(folder)
  rmSync(files.restored, { recursive: true })
  rmSync(files.restoring)
  sync(folder)
  return { madeAt, kept }
}

/** Keeps Tocsin out while it is held, where a database is there that can be locked at all. */
async function lock(database: string): Promise<() => Promise<void>> {
  if (!statSync(database, { throwIfNoEntry: false })?.size) return async () => {}
  try {
    const opened = openDatabase(database)
    return () => opened.close()
  } catch (error) {
    if (error instanceof DatabaseInUse)
      throw new BackupRefused(`Tocsin is running on ${dirname(database)}: stop it first`, { cause: error })
    // What is broken there is the reason to restore.
    return async () => {}
  }
}

/** Makes, on disk, the files that the data folder is to have. */
function stage(file: string, secret: Uint8Array, target: string, at: Date): void {
  rmSync(target, { recursive: true, force: true })
  makeFolderDurably(target)
  const files = filesIn(target)
  copyFileSync(file, files.database)
  chmodSync(files.database, 0o600)
  const db = new DatabaseSync(files.database)
  try {
    db.exec('PRAGMA secure_delete = ON; DROP TABLE tocsin_backup')
    // Whoever works with it must look again at what it did since.
    db.prepare('INSERT OR REPLACE INTO local_setting (name, value) VALUES (?, ?)').run(RESTORED, at.toISOString())
  } finally {
    db.close()
  }
  sync(files.database)
  writeDurably(files.secret, secret)
}

/** Moves away what is in the folder. A log that was left beside the old database would spoil the new one. */
function keep(folder: string, at: Date): string | undefined {
  const { database, secret } = filesIn(folder)
  const there = [database, `${database}-wal`, `${database}-shm`, `${database}-journal`, secret].filter(existsSync)
  if (there.length === 0) return undefined
  const kept = join(folder, `before-restore-${at.toISOString().replaceAll(':', '-')}`)
  makeFolderDurably(kept)
  for (const path of there) renameSync(path, join(kept, basename(path)))
  sync(kept)
  sync(folder)
  return kept
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
