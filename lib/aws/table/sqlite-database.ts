// One SQLite file for one process: every write that has been answered is on disk, and writes that come together share a sync.
import { DatabaseSync } from 'node:sqlite'

export interface Database {
  /**
   * Runs `work` in a transaction; settles once it is on disk. Writes asked for in the same turn of the event loop are one
   * commit. A work that throws leaves nothing behind and disturbs no other; when the disk fails, all of the commit do.
   */
  write<T>(work: (db: DatabaseSync) => T): Promise<T>
  /** Runs `work` at once. Sees every write that has been answered, and none that has not. */
  read<T>(work: (db: DatabaseSync) => T): T
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
  let jobs: Job[] = []
  const flush = (): void => {
    const together = jobs
    jobs = []
    if (together.length === 0) return
    const failures = commit(together)
    together.forEach((job, at) => job.settle(failures[at]))
  }
  return {
    async write<T>(work: (db: DatabaseSync) => T): Promise<T> {
      if (!db.isOpen) throw new Error(`The database ${path} has been closed`)
      return new Promise<T>((resolve, reject) => {
        let answer: { readonly value: T } | undefined
        jobs.push({
          run: () => {
            answer = { value: work(db) }
          },
          settle: (failure) => {
            if (failure) reject(failure.error instanceof Error ? failure.error : new Error(String(failure.error)))
            else if (answer) resolve(answer.value)
          },
        })
        if (jobs.length === 1) setImmediate(flush)
      })
    },
    read: (work) => work(db),
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
    return db
  } catch (error) {
    db?.close()
    if (resultCode(error) === SQLITE_BUSY) throw new DatabaseInUse(path, { cause: error })
    const problem = error instanceof Error ? error.message : String(error)
    throw new Error(`The database ${path} cannot be opened: ${problem}`, { cause: error })
  }
}

/** Commits jobs together; answers what failed, by position: one job alone, or all of them when the commit itself did. */
function committer(db: DatabaseSync): (jobs: readonly Job[]) => (Failure | undefined)[] {
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
      return failures
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      return jobs.map(() => ({ error }))
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

const SQLITE_BUSY = 5

/** SQLite's primary result code (https://sqlite.org/rescode.html). */
function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined
}
