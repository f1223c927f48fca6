// One SQLite file for one process: every write that has been answered is on disk, and writes that come together share a sync.
import { backup, DatabaseSync } from 'node:sqlite'
import { placeOf } from './sqlite-place.ts'

export interface Database {
  /**
   * Runs `work` in a transaction; settles once it is on disk. Writes asked for in the same turn of the event loop are one
   * commit. A work that throws leaves nothing behind and disturbs no other; when the disk fails, all of the commit do.
   */
  write<T>(work: (db: DatabaseSync) => T): Promise<T>
  /** Runs `work` at once. Sees every write that has been answered, and none that has not. */
  read<T>(work: (db: DatabaseSync) => T): T
  /** Why nothing can be kept at the moment, in words that say what to do; undefined when all is well. */
  problem(): string | undefined
  /** Copies everything into the file, which is empty or not there, a little at a time: writes go on, and are in the copy. */
  copyTo(file: string): Promise<void>
  /** Finishes what was asked for, and closes. */
  close(): Promise<void>
}

/** Another process works on the same file; two would each believe that they alone do. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse'
  constructor(path: string, options?: ErrorOptions) {
    super(`Another process is using ${path}: stop it first, or name another folder by TOCSIN_DATA`, options)
  }
}

/** The file is damaged: it is not worked on, so that what is left of it stays as it is. */
export class DatabaseCorrupt extends Error {
  override readonly name = 'DatabaseCorrupt'
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(
      `The database ${path} is corrupted (${problem}): npm run restore -- <backup file> brings a backup back; to begin anew, move its folder away`,
      options,
    )
  }
}

/** The file is no longer where it was opened: what would be written would be lost with this process. */
class DatabaseLost extends Error {
  override readonly name = 'DatabaseLost'
}

/** Nothing was written; the same may be asked again when there is room. */
class DatabaseFull extends Error {
  override readonly name = 'DatabaseFull'
  constructor(path: string, options?: ErrorOptions) {
    super(`The disk of ${path} is full: nothing is accepted until there is room`, options)
  }
}

interface Failure {
  readonly error: unknown
}

interface Job {
  readonly run: (db: DatabaseSync) => void
  readonly settle: (failure: Failure | undefined) => void
}

/** `path` is a file's, or `:memory:`. The lock is the operating system's own: it goes with its process, however that ends. */
export function openDatabase(path: string): Database {
  const db = opened(path)
  const commit = committer(db)
  const named = (error: unknown): unknown => namedError(path, error)
  const place = placeOf(path)
  let jobs: Job[] = []
  /** Of the last commit, when it failed as a whole. */
  let failed: unknown
  const flush = (): void => {
    const together = jobs
    jobs = []
    if (together.length === 0) return
    // Before, so that nothing is written in vain; after, so that nothing is answered that is gone already.
    const lost = place.lost()
    const { failures, broken } = lost === undefined ? commit(together) : { failures: [], broken: undefined }
    failed = broken && named(broken.error)
    const gone = lost ?? place.lost()
    together.forEach((job, at) => job.settle(gone === undefined ? failures[at] : { error: new DatabaseLost(gone) }))
  }
  return {
    problem: () => place.lost() ?? (failed instanceof Error ? failed.message : undefined),
    async write<T>(work: (db: DatabaseSync) => T): Promise<T> {
      if (!db.isOpen) throw new Error(`The database ${path} has been closed`)
      return new Promise<T>((resolve, reject) => {
        let answer: { readonly value: T } | undefined
        jobs.push({
          run: () => {
            answer = { value: work(db) }
          },
          settle: (failure) => {
            if (failure) reject(named(failure.error))
            else if (answer) resolve(answer.value)
          },
        })
        if (jobs.length === 1) setImmediate(flush)
      })
    },
    read(work) {
      try {
        return work(db)
      } catch (error) {
        throw named(error)
      }
    },
    async copyTo(file) {
      try {
        await backup(db, file)
      } catch (error) {
        throw namedError(file, error)
      }
    },
    async close() {
      if (!db.isOpen) return
      flush()
      db.close()
    },
  }
}

function opened(path: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: 0 })
    // Exclusive: the first access takes the lock and keeps it. FULL: a commit is on disk when it returns.
    db.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; COMMIT',
    )
    // A tenth of a second for 100 MB that the machine has in memory, a second for those that it has to read.
    const problem = String(db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'])
    if (problem !== 'ok') throw new DatabaseCorrupt(path, problem)
    return db
  } catch (error) {
    db?.close()
    const known = namedError(path, error)
    if (known !== error || error instanceof DatabaseCorrupt) throw known
    const problem = error instanceof Error ? error.message : String(error)
    throw new Error(`The database ${path} cannot be opened: ${problem}`, { cause: error })
  }
}

interface Committed {
  /** By position. */
  readonly failures: readonly (Failure | undefined)[]
  /** What failed all of them, because nothing could be written. */
  readonly broken: Failure | undefined
}

/** Commits jobs together; answers what failed: one job alone, or all of them when the commit itself did. */
function committer(db: DatabaseSync): (jobs: readonly Job[]) => Committed {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  return (jobs) => {
    try {
      begin.run()
      const [only] = jobs
      // One alone needs no savepoint: when it throws, the whole transaction goes.
      if (only && jobs.length === 1) only.run(db)
      const failures = jobs.length === 1 ? [] : jobs.map((job) => attempt(db, job))
      commit.run()
      return { failures, broken: undefined }
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      const isDisk = error instanceof Error && 'errcode' in error
      return { failures: jobs.map(() => ({ error })), broken: isDisk ? { error } : undefined }
    }
  }
}

/** One of several: only its own part is taken back. Throws what ended the whole commit. */
function attempt(db: DatabaseSync, job: Job): Failure | undefined {
  let failure: Failure | undefined
  db.exec('SAVEPOINT job')
  try {
    job.run(db)
  } catch (error) {
    // A disk that is full or broken makes SQLite give up the whole transaction by itself.
    if (!db.isTransaction) throw error
    db.exec('ROLLBACK TO job')
    failure = { error }
  }
  db.exec('RELEASE job')
  return failure
}

/** SQLite's own errors that a person can do something about, in words that say what; every other error as it is. */
function namedError(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return error
  // The primary result code (https://sqlite.org/rescode.html).
  switch (error.errcode & 0xff) {
    case SQLITE_BUSY:
      return new DatabaseInUse(path, { cause: error })
    case SQLITE_FULL:
      return new DatabaseFull(path, { cause: error })
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new DatabaseCorrupt(path, error.message, { cause: error })
    default:
      return error
  }
}

const SQLITE_BUSY = 5
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_NOTADB = 26
