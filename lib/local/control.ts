// The `_tocsin` endpoints: what was sent, what time it is, what failed, and whether everything is ready.
import type { IncomingHttpHeaders } from 'node:http'
import { isAbsolute } from 'node:path'
import { readSweep } from '../automation/state/heartbeat.ts'
import { troublesIn } from '../automation/state/troubles.ts'
import { isUndecided } from '../automation/tell-undecided.ts'
import type { Table } from '../aws/table/table.ts'
import { answerKeys, type LocalKeys } from './access-keys.ts'
import { BackupRefused } from './backup.ts'
import { type Carrier, MOST_MESSAGES } from './carrier.ts'
import type { LocalClock } from './clock.ts'
import { parseDuration } from './duration.ts'
import type { Guard } from './guard.ts'
import type { Health } from './health.ts'
import { parseJson, WrongJson } from './json.ts'
import type { Queues } from './queues.ts'

export interface Control {
  /** Whether it takes and does what comes: not yet, or no more where it is closing. */
  readonly ready: () => boolean
  readonly closing?: () => boolean
  readonly health: () => Promise<Health>
  readonly failures: () => Promise<readonly Failure[]>
  readonly carrier: Carrier
  readonly clock: LocalClock
  readonly queues: Queues
  /** A folder, or `:memory:`. */
  readonly dataFolder: string
  /** Writes a backup; throws BackupRefused. */
  readonly backUp: (file: string, at: Date) => Promise<void>
  /** Of all but the health. */
  readonly guard: Guard
  /** None where the template has no incident manager. */
  readonly keys?: LocalKeys | undefined
}

export interface ControlAnswer {
  readonly status: number
  readonly body: object
}

/** What anybody on this machine may ask; all else tells codes, moves time or gives orders. */
const OPEN = 'GET /_tocsin/health'

/** An advance runs every minute's schedules: a month of them is as much as one call can wait for. */
const LONGEST_ADVANCE_MS = 31 * 86_400_000

export interface ControlRequest {
  readonly method: string
  readonly path: string
  /** Without its question mark. */
  readonly query: string
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

export async function answerControl(
  { method, path, query, body, headers }: ControlRequest,
  control: Control,
): Promise<ControlAnswer> {
  const call = `${method} ${path}`
  const refusal = call === OPEN ? undefined : control.guard(headers)
  if (refusal) return refused(refusal.status, refusal.message)
  switch (call) {
    case OPEN:
      return answerHealth(control)
    case 'GET /_tocsin/messages':
      return answerMessages(new URLSearchParams(query), control.carrier)
    case 'GET /_tocsin/failures':
      return ok({ failures: await control.failures() })
    case 'POST /_tocsin/failures/redrive':
      return ok({ redriven: await control.queues.redrive(), data: control.dataFolder })
    case 'POST /_tocsin/failures/discard':
      return discard(body, control.queues)
    case 'POST /_tocsin/backup':
      return answerBackup(body, control)
    case 'GET /_tocsin/keys':
    case 'POST /_tocsin/keys':
    case 'POST /_tocsin/keys/revoke':
      if (!control.keys) return refused(404, 'The compiled template has no incident manager of its own')
      return answerKeys(call, body, control.keys)
    case 'GET /_tocsin/clock':
    case 'POST /_tocsin/clock': {
      const { clock } = control
      if (!clock.advance)
        return refused(404, 'The clock is the real one; start with TOCSIN_CLOCK=simulated for one that can be advanced')
      if (method === 'GET') return ok({ now: clock.now() })
      return answerAdvance(body, clock.advance.bind(clock))
    }
    default:
      return refused(404, `There is no ${call}`)
  }
}

async function answerHealth({ ready, closing, health }: Control): Promise<ControlAnswer> {
  if (!ready()) return { status: 503, body: { status: closing?.() ? 'closing' : 'starting' } }
  const body = await health()
  return { status: body.status === 'ok' ? 200 : 503, body }
}

/** Takes `limit`, and `before`: the `next` of the page that was read. */
function answerMessages(query: URLSearchParams, carrier: Carrier): ControlAnswer {
  const limit = query.get('limit') ?? String(MOST_MESSAGES)
  if (!/^[1-9]\d{0,3}$/u.test(limit) || Number(limit) > MOST_MESSAGES)
    return refused(400, `limit must be a number from 1 to ${MOST_MESSAGES}, but is ${limit}`)
  const before = query.get('before')
  const page = carrier.page({ limit: Number(limit), ...(before === null ? {} : { before }) })
  return page ? ok(page) : refused(404, `No message has the id ${before}: it may have been deleted since`)
}

/** Takes `{id}`, of a failure that is a message. */
async function discard(body: string, queues: Queues): Promise<ControlAnswer> {
  const id = textIn(body, 'id')
  if (typeof id !== 'string') return id
  if (await queues.discard(id)) return ok({ discarded: id })
  return refused(404, `No message that failed has the id ${id}: /_tocsin/failures lists them`)
}

/** Takes `{file}`: where the backup goes. */
async function answerBackup(body: string, { clock, backUp }: Control): Promise<ControlAnswer> {
  const file = textIn(body, 'file')
  if (typeof file !== 'string') return file
  if (!isAbsolute(file)) return refused(400, `file must be an absolute path, but is ${file}`)
  try {
    await backUp(file, clock.now())
    return ok({ file })
  } catch (error) {
    if (error instanceof BackupRefused) return refused(error.isFull ? 503 : 409, error.message)
    throw error
  }
}

/** Takes `{advance}`: by how much the clock goes on. */
async function answerAdvance(body: string, advance: NonNullable<LocalClock['advance']>): Promise<ControlAnswer> {
  const text = textIn(body, 'advance')
  if (typeof text !== 'string') return text
  const milliseconds = parseDuration(text)
  if (milliseconds === undefined)
    return refused(400, `advance must be an ISO 8601 duration such as PT5M, but is ${text}`)
  if (milliseconds > LONGEST_ADVANCE_MS) return refused(400, 'advance must be at most P31D')
  return ok({ now: await advance(milliseconds) })
}

/** The text that the body has under this name, or the refusal of a body that has none. */
function textIn(body: string, name: string): string | ControlAnswer {
  try {
    return parseJson(body, 'The body').get(name).string()
  } catch (error) {
    if (error instanceof WrongJson) return refused(400, error.message)
    throw error
  }
}

/** One message that sits in a dead-letter queue, or what a sweep cannot decide. */
export interface Failure {
  readonly id: string
  readonly at: Date
  /** The function that could not process it. */
  readonly function: string
  readonly error: string
  readonly event: unknown
}

/** What sits in the dead-letter queues, and what cannot be decided as `episodes` has it; oldest first. */
export async function failuresOf(queues: Queues, episodes: Table | undefined): Promise<Failure[]> {
  const dead = queues.dead().map(({ id, at, failedIn, error, body }) => {
    return { id, at, function: failedIn, error, event: parsed(body) }
  })
  const left = episodes ? (await readSweep(episodes)).items : []
  const undecided = troublesIn(left).filter(isUndecided)
  return [
    ...dead,
    ...undecided.map(({ id, since, subject, message }) => {
      return { id, at: since, function: 'sweep', error: `${subject}\n${message}`, event: { id } }
    }),
  ].toSorted((one, other) => one.at.getTime() - other.at.getTime())
}

/** A body that is not JSON is shown as it is. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

const ok = (body: object): ControlAnswer => ({ status: 200, body })
const refused = (status: number, message: string): ControlAnswer => ({ status, body: { message } })
