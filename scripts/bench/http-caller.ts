// Who calls, in a thread of their own as they would be on a machine of their own: prepared requests over kept connections.
// Bare sockets: what an HTTP client needs for itself is no part of what an operation costs.
import { connect, type Socket } from 'node:net'
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

const { hostname, port } = new URL(String(workerData))
const connections: Connection[] = []

parentPort?.on('message', (ordered: Ordered) => void answer(ordered))

async function answer({ requests, width }: Ordered): Promise<void> {
  parentPort?.postMessage(await run(requests, width))
}

async function run(requests: readonly Prepared[], width: number): Promise<Done> {
  const milliseconds: number[] = []
  const refused: string[] = []
  const rest = requests.values()
  const begin = performance.now()
  while (connections.length < width) connections.push(new Connection())
  const worker = async (connection: Connection): Promise<void> => {
    for (const one of rest) {
      const sent = bytesOf(one)
      const start = performance.now()
      const refusal = await connection.call(sent)
      milliseconds.push(performance.now() - start)
      if (refusal !== undefined) refused.push(refusal)
    }
  }
  await Promise.all(connections.slice(0, width).map(worker))
  return { milliseconds, seconds: (performance.now() - begin) / 1000, refused }
}

const HEAD_END = '\r\n\r\n'

function bytesOf({ method, path, headers, body }: Prepared): Buffer {
  const all = { ...headers, host: `${hostname}:${port}`, 'content-length': String(Buffer.byteLength(body)) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from([`${method} ${path} HTTP/1.1`, ...lines].join('\r\n') + HEAD_END + body)
}

/** One call at a time; every answer of the system has a content-length. */
class Connection {
  readonly #socket: Socket
  #received = ''
  #answered: (refusal: string | undefined) => void = () => {}

  constructor() {
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true })
    // A character for each byte: lengths are of bytes.
    this.#socket.setEncoding('latin1').on('data', (chunk: string) => this.#receive(chunk))
  }

  /** What was refused, if it was. */
  call(request: Buffer): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    this.#answered = resolve
    this.#socket.write(request)
    return promise
  }

  #receive(chunk: string): void {
    this.#received += chunk
    const end = this.#received.indexOf(HEAD_END)
    const length = /\r\ncontent-length: (\d+)\r\n/iu.exec(this.#received.slice(0, end + 2))?.[1]
    const body = end + HEAD_END.length
    if (end < 0 || this.#received.length < body + Number(length)) return
    const answer = this.#received
    this.#received = ''
    this.#answered(Number(answer.slice('HTTP/1.1 '.length).slice(0, 3)) < 400 ? undefined : answer)
  }
}
