// `npm run backup -- <file>`: one file with all that this machine's Tocsin knows, whether it is running or not.
import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { localSettings, processEnvironment } from '../lib/aws/config.ts'
import { DatabaseInUse } from '../lib/aws/table/sqlite-database.ts'
import { BackupRefused, backUp, checkBackup } from '../lib/local/backup.ts'
import { filesIn, IN_MEMORY, openDataFolder } from '../lib/local/data-folder.ts'
import { ordersHeaders } from '../lib/local/guard.ts'
import { helpIfAsked } from '../lib/local/usage.ts'

const ROOT = join(import.meta.dirname, '..')
const USAGE =
  'Usage: npm run backup -- <file>   (TOCSIN_DATA names the data folder, PORT the port of the running Tocsin)'

/** Answers what was done, in a sentence. */
async function main(): Promise<string> {
  const [name] = parseArgs({ allowPositionals: true }).positionals
  if (name === undefined) throw new BackupRefused(USAGE)
  const { data, port } = localSettings(processEnvironment())
  if (data === IN_MEMORY) throw new BackupRefused(`TOCSIN_DATA=${IN_MEMORY} keeps nothing: name a folder`)
  const [file, folder] = [resolve(ROOT, name), resolve(ROOT, data)]
  if (!statSync(filesIn(folder).database, { throwIfNoEntry: false }))
    throw new BackupRefused(`There is nothing in ${folder}: name another data folder by TOCSIN_DATA`)
  await write(file, folder, port)
  checkBackup(file)
  const megabytes = (statSync(file).size / 1e6).toFixed(1)
  return `${file} (${megabytes} MB) is a backup of ${folder}: npm run restore -- ${file} brings it back`
}

/** By this process where the folder is free, otherwise by the one that works in it. */
async function write(file: string, folder: string, port: number): Promise<void> {
  try {
    const opened = await openDataFolder(folder, ROOT)
    try {
      await backUp(opened, file, new Date())
    } finally {
      await opened.close()
    }
  } catch (error) {
    if (!(error instanceof DatabaseInUse)) throw error
    await ask(port, file, folder)
  }
}

async function ask(port: number, file: string, data: string): Promise<void> {
  const body = JSON.stringify({ file })
  const order = { method: 'POST', headers: ordersHeaders(data), body }
  const response = await fetch(`http://127.0.0.1:${port}/_tocsin/backup`, order).catch(() => undefined)
  if (response?.ok) return
  const answer = await response?.text()
  throw new BackupRefused(
    /"message":"(?<message>[^"]*)"/u.exec(answer ?? '')?.groups?.['message'] ??
      `Another process is using ${data}. If it is Tocsin, name its port by PORT: nothing that is Tocsin answers on ${port}`,
  )
}

helpIfAsked(USAGE)
await main().then(console.log, (error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
