// Who calls, in a thread of their own as they would be on a machine of their own: prepared requests over kept connections.
import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import type { Prepared } from './prepared.ts'

export interface Ordered {
  readonly requests: readonly Prepared[]
  /** How many at a time. */
  readonly width: number
}

export interface Done {
  /** Of each request. */
  readonly milliseconds: readonly number[]
  /** Of all. */
  readonly seconds: number
  /** What was answered with 400 or more. */
  readonly refused: readonly string[]
}

const agent = new Agent({ keepAlive: true })

parentPort?.on('message', (ordered: Ordered) => void answer(ordered))

async function answer({ requests, width }: Ordered): Promise<void> {
  parentPort?.postMessage(await run(requests, width))
}

async function run(requests: readonly Prepared[], width: number): Promise<Done> {
  const milliseconds: number[] = []
  const refused: string[] = []
  const rest = requests.values()
  const begin = performance.now()
  const worker = async (): Promise<void> => {
    for (const one of rest) {
      const start = performance.now()
      const refusal = await call(one)
      milliseconds.push(performance.now() - start)
      if (refusal !== undefined) refused.push(refusal)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return { milliseconds, seconds: (performance.now() - begin) / 1000, refused }
}

function call({ method, path, headers, body }: Prepared): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
  const asked = request(String(workerData) + path, { method, headers: { ...headers }, agent })
  asked.on('error', reject)
  asked.on('response', (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    response.on('end', () => resolve((response.statusCode ?? 500) < 400 ? undefined : `${path} ${text}`))
  })
  asked.end(body)
  return promise
}
