// A worker thread in the place of AWS Lambda's process: loads a handler from its task root, and calls it as often as it is told.
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { isObject } from '../../lib/local/json.ts'

export interface Start {
  /** The bundle, as an absolute path, and the name of its handler. */
  readonly bundle: string
  readonly exportName: string
}

export interface Call {
  readonly id: number
  readonly event: unknown
  /** What of Lambda's context can be sent. */
  readonly context: object
  readonly remainingMs: number
  /** How far this machine's clock is ahead of everybody else's. */
  readonly aheadMs: number
}

/** The first one is sent when the bundle is loaded, the others when a call has come to its end. */
export type Answer =
  | { readonly loadedInMs: number }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: string }

const { bundle, exportName }: Start = workerData
const port = parentPort
if (!port) throw new Error('This is no worker')

let ahead = 0
const machineNow = Date.now
Date.now = () => machineNow() + ahead
globalThis.Date = new Proxy(Date, {
  construct: (target, given: unknown[], as: new () => Date) =>
    Reflect.construct(target, given.length ? given : [target.now()], as),
})

const before = performance.now()
const exported: unknown = createRequire(import.meta.url)(bundle)
const handler = isObject(exported) ? exported[exportName] : undefined
if (typeof handler !== 'function') throw new Error(`${bundle} does not export the function ${exportName}`)
port.postMessage({ loadedInMs: performance.now() - before } satisfies Answer)

port.on('message', (message: Call | 'close') => {
  if (message === 'close') return port.close()
  const { id, event, context, remainingMs, aheadMs } = message
  ahead = aheadMs
  const deadline = performance.now() + remainingMs
  const getRemainingTimeInMillis = (): number => Math.max(0, deadline - performance.now())
  const send = (answer: Answer): void => port.postMessage(answer)
  Promise.resolve(handler(event, { ...context, getRemainingTimeInMillis })).then(
    (result: unknown) => send({ id, result: JSON.parse(JSON.stringify(result ?? null)) }),
    (error: unknown) => send({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
