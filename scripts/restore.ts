// `npm run restore -- <file>`: puts a backup in the place of what is in the data folder, and keeps that.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { localSettings, processEnvironment } from '../lib/aws/config.ts'
import { BackupRefused, restore } from '../lib/local/backup.ts'
import { IN_MEMORY } from '../lib/local/data-folder.ts'
import { helpIfAsked } from '../lib/local/usage.ts'

const ROOT = join(import.meta.dirname, '..')
const USAGE = 'Usage: npm run restore -- <backup file>   (TOCSIN_DATA names the data folder)'

/** Answers what was done, in a sentence. */
async function main(): Promise<string> {
  const [name] = parseArgs({ allowPositionals: true }).positionals
  if (name === undefined) throw new BackupRefused(USAGE)
  const { data } = localSettings(processEnvironment())
  if (data === IN_MEMORY) throw new BackupRefused(`TOCSIN_DATA=${IN_MEMORY} keeps nothing: name a folder`)
  const folder = resolve(ROOT, data)
  const { madeAt, kept } = await restore(resolve(ROOT, name), folder, new Date())
  const before = kept === undefined ? 'it was empty before' : `what was there before is in ${kept}`
  return `${folder} is as it was at ${madeAt}; ${before}. Next: npm start`
}

helpIfAsked(USAGE)
await main().then(console.log, (error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
