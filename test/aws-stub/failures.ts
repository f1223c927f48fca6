// How the stub can be told to fail: the next calls are refused, answered with nonsense, or not answered at all.
import type { ServerResponse } from 'node:http'
import { notFound, quotaExceeded, Refusal, throttled } from './refusal.ts'

export type Failure =
  /** Refused in AWS's words. */
  | 'throttled'
  | 'internal-error'
  | 'access-denied'
  | 'quota-exceeded'
  | 'not-found'
  /** Answered by something in between. */
  | 'unavailable'
  | 'html'
  /** Not an answer at all. */
  | 'truncated'
  | 'empty'
  | 'wrong-shape'
  | 'reset'
  | 'hang'

export interface Plan {
  readonly failure: Failure
  /** Every operation, when left out. */
  readonly operation?: string
  /** How many calls fail; one, when left out. */
  readonly times?: number
  /** The call takes effect before it fails: only the answer is lost. */
  readonly afterwards?: boolean
}

/** What AWS would say, where the failure is one that AWS has words for. */
export function refusalOf(failure: Failure, serviceCode: string): Refusal | undefined {
  switch (failure) {
    case 'throttled':
      return throttled(serviceCode)
    case 'internal-error':
      return new Refusal('InternalServerException', 'The request processing has failed because of an unknown error')
    case 'access-denied':
      return new Refusal('AccessDeniedException', "You don't have sufficient access to perform this operation.")
    case 'quota-exceeded':
      return quotaExceeded(serviceCode, 'Request would cause a service quota to be exceeded.')
    case 'not-found':
      return notFound('RESOURCE', 'unknown')
    case 'unavailable':
    case 'html':
    case 'truncated':
    case 'empty':
    case 'wrong-shape':
    case 'reset':
    case 'hang':
      return undefined
  }
}

const PAGE = '<!doctype html><title>Sign in to the network</title>'

/** Answers without a word of AWS's; `whole` is what the right answer would have been. */
export function misanswer(failure: Failure, response: ServerResponse, whole: string): void {
  const answer = (status: number, type: string, body: string): void =>
    void response.writeHead(status, { 'content-type': type }).end(body)
  switch (failure) {
    case 'unavailable':
      return answer(503, 'text/plain', 'Service Unavailable')
    case 'html':
      return answer(200, 'text/html', PAGE)
    case 'truncated':
      return answer(200, 'application/json', whole.slice(0, Math.max(1, whole.length >> 1)))
    case 'empty':
      return answer(200, 'application/json', '')
    case 'wrong-shape':
      return answer(200, 'application/json', '{"status":["ok"],"incidentRecord":{},"items":7}')
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'hang':
      // The connection stays open until the client, or the stub, closes it.
      return
    case 'throttled':
    case 'internal-error':
    case 'access-denied':
    case 'quota-exceeded':
    case 'not-found':
      throw new Error(`${failure} is refused in AWS's words`)
  }
}
