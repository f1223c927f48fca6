// What a power cut must not take: names in a folder are on disk only once the folder itself has been synced.
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Syncs a file, or the names in a folder. */
export function sync(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Writes a file that only its owner may read; after a crash it is there whole or not at all. */
export function writeDurably(path: string, content: Uint8Array): void {
  const unfinished = `${path}.new`
  writeFileSync(unfinished, content, { mode: 0o600, flush: true })
  renameSync(unfinished, path)
  sync(dirname(path))
}

/** Makes a folder for its owner only, and those above it that are missing. */
export function makeFolderDurably(path: string): void {
  const first = mkdirSync(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = path; ; made = dirname(made)) {
    sync(dirname(made))
    if (made === first) return
  }
}
