// Whether an open database file is still the one at its path: a file that was removed takes writes until it is closed, and keeps none.
import { accessSync, constants, statSync } from 'node:fs'

export interface Place {
  /** What has become of the file, and what to do; undefined while it is in its place. Some microseconds. */
  lost(): string | undefined
}

const RESCUE =
  'nothing is accepted. What was kept is still known to this process: npm run backup -- <file outside of it> saves that; then stop Tocsin, npm run restore -- <that file>, and start it again'

/** To be called when the file has just been opened. One in memory is always in its place. */
export function placeOf(path: string): Place {
  if (path === ':memory:') return { lost: () => undefined }
  const opened = identityOf(path)
  // What has been committed is in this one until it is folded back; it comes with the first write.
  const log = `${path}-wal`
  let openedLog = identityOf(log)
  return {
    lost() {
      const found = identityOf(path)
      if (found === undefined) return `The database ${path} has been removed from under Tocsin: ${RESCUE}`
      if (found !== opened) return `The database ${path} has been replaced under Tocsin: ${RESCUE}`
      const foundLog = identityOf(log)
      openedLog ??= foundLog
      if (foundLog !== openedLog)
        return `The file ${log} has been ${foundLog === undefined ? 'removed from' : 'replaced'} under Tocsin: ${RESCUE}`
      try {
        accessSync(path, constants.W_OK)
        return undefined
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        return `The database ${path} cannot be written any more (${reason}): nothing is accepted until it can be. Is its file system mounted read-only?`
      }
    },
  }
}

/** Names the file itself, whatever it is called; undefined when there is none to be seen. */
function identityOf(path: string): string | undefined {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    return found && `${found.dev} ${found.ino}`
  } catch {
    return undefined
  }
}
