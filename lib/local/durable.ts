// What a power cut must not take: names in a folder are on disk only once the folder itself has been synced.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs'
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
  const missing: string[] = []
  for (let folder = path; !existsSync(folder) && folder !== dirname(folder); folder = dirname(folder))
    missing.unshift(folder)
  // One by one: where the system lets nobody make a folder, in /proc say, Node's own recursion has no end.
  for (const folder of missing) {
    mkdirSync(folder, { mode: 0o700 })
    sync(dirname(folder))
  }
  // What is no folder is refused in the system's words.
  if (!statSync(path).isDirectory()) mkdirSync(path)
}
