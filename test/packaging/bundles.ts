// Packaged functions as AWS Lambda runs them: each zip unpacked into a task root of its own, each bundle in a worker of its own.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Worker } from 'node:worker_threads'
import type { Context } from 'aws-lambda'
import type { Environment } from '../../lib/aws/config.ts'
import type { Answer, Call, Start } from './bundle-worker.ts'
import { unzip } from './zip.ts'

export interface Bundle {
  /** Its key in serverless.yml. */
  readonly name: string
  readonly taskRoot: string
  readonly bytes: number
}

/** Unpacks every function of a packaged project, away from every node_modules: what is not in a package is not there. */
export function unpack(project: string): { readonly bundles: readonly Bundle[]; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-task-roots-'))
  const packages = join(project, '.serverless')
  const zips = readdirSync(packages).filter((file) => file.endsWith('.zip'))
  const bundles = zips.toSorted().map((zip) => {
    const name = zip.replace('.zip', '')
    const taskRoot = join(folder, name)
    const files = unzip(readFileSync(join(packages, zip)))
    for (const [file, content] of files) {
      mkdirSync(dirname(join(taskRoot, file)), { recursive: true })
      writeFileSync(join(taskRoot, file), content)
    }
    return { name, taskRoot, bytes: files.get(`functions/${name}.js`)?.length ?? 0 }
  })
  return { bundles, remove: () => rmSync(folder, { recursive: true }) }
}

/** What a handler is told of its invocation; Node 24 has no callbacks. */
export type InvocationContext = Omit<Context, 'done' | 'fail' | 'succeed'>

/** One execution environment of Lambda: a bundle that has been loaded, and is called with one event after the other. */
export class Loaded {
  readonly loadedInMs: number
  readonly #worker: Worker
  readonly #written: Promise<string>[]
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #calls = 0

  private constructor(worker: Worker, loadedInMs: number) {
    this.#worker = worker
    this.loadedInMs = loadedInMs
    this.#written = [text(worker.stdout), text(worker.stderr)]
    worker.on('message', (answer: Answer) => {
      if ('id' in answer) this.#waiting.get(answer.id)?.(answer)
    })
  }

  /** Rejects with what the bundle throws when it is loaded with no more of an environment than this. */
  static load({ taskRoot, name }: Bundle, env: Environment): Promise<Loaded> {
    const workerData: Start = { bundle: join(taskRoot, 'functions', `${name}.js`), exportName: 'handler' }
    const file = join(import.meta.dirname, 'bundle-worker.ts')
    const worker = new Worker(file, { workerData, env: { ...env }, execArgv: [], stdout: true, stderr: true })
    return new Promise((resolve, reject) => {
      worker.once('error', reject)
      worker.once('message', (answer: Answer) => {
        if ('loadedInMs' in answer) resolve(new Loaded(worker, answer.loadedInMs))
      })
    })
  }

  /** What the handler answers, by way of JSON. */
  async invoke(event: unknown, context: InvocationContext, aheadMs: number): Promise<unknown> {
    const id = this.#calls++
    const remainingMs = context.getRemainingTimeInMillis()
    // Its methods cannot be sent.
    const call: Call = { id, event, context: JSON.parse(JSON.stringify(context)), remainingMs, aheadMs }
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#worker.postMessage(call)
    })
    this.#waiting.delete(id)
    if ('failure' in answer) throw new Error(answer.failure)
    return 'result' in answer ? answer.result : undefined
  }

  /** Answers all that it has logged. */
  async close(): Promise<string[]> {
    this.#worker.postMessage('close')
    return (await Promise.all(this.#written)).flatMap((written) => written.split('\n')).filter(Boolean)
  }
}
