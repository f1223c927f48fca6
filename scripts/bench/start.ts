// How long `npm start` takes until it is ready, the first time and when nothing has changed, and what it needs at rest.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

export async function* startFigures(): AsyncGenerator<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  try {
    rmSync(join(ROOT, '.serverless'), { recursive: true, force: true })
    rmSync(join(ROOT, '.build'), { recursive: true, force: true })
    const first = await started(join(folder, 'data'))
    const second = await started(join(folder, 'data'))
    yield `npm start to ready, the first time: ${(first.milliseconds / 1000).toFixed(1)} s (under 10)`
    yield `npm start to ready, nothing changed: ${(second.milliseconds / 1000).toFixed(1)} s (under 4)`
    yield `Memory at rest: ${second.megabytes.toFixed(0)} MB (under 300)`
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function started(data: string): Promise<{ milliseconds: number; megabytes: number }> {
  const start = performance.now()
  const child = spawn(process.execPath, ['lib/local/main.ts'], {
    cwd: ROOT,
    env: { PORT: '0', TOCSIN_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await new Promise<void>((ready, failed) => {
      child.stdout.once('data', () => ready())
      child.once('exit', (code) => failed(new Error(`npm start ended with ${code}`)))
    })
    const milliseconds = performance.now() - start
    await new Promise((rested) => setTimeout(rested, 3000))
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    return { milliseconds, megabytes: Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1]) / 1024 }
  } finally {
    child.removeAllListeners('exit')
    child.kill()
    await new Promise((gone) => child.once('exit', gone))
  }
}
