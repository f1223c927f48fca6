// Ten thousand requests to a real store: none is answered by 500, nor in words that are not documented, nor late.
import { Logger } from '@aws-lambda-powertools/logger'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shapeOf, type Model } from '../../../lib/incident-manager/model/model.ts'
import type { HttpResponse } from '../../../lib/incident-manager/protocol/http.ts'
import { furnish, inMemory } from './account.ts'
import { requests, type Fuzzed } from './fuzz-requests.ts'
import type { Serve } from './loopback.ts'

const RUNS = 10_000
const LONGEST_MILLISECONDS = 2000

/** All that the API says to a request that it refuses. */
const FAMILIES: readonly RegExp[] = [
  // Constraints of the model, of which one message has all (api-facts, "Validation message").
  /^\d+ validation errors? detected: (?:(?:; )?Value (?:null|'.*?') at '.*?' failed to satisfy constraint: (?:Member|Map keys|Map value) must .*)+$/su,
  // JSON that is none, or none of the model's types.
  /^(?:NULL|STRING|NUMBER|BOOLEAN|LIST|STRUCTURE)_VALUE can not be converted to an? (?:structure|list|map|string|integer|boolean|timestamp)(?: at '.*')?$/su,
  /^The body is not (?:valid JSON|a JSON object)$/u,
  /^The path is not properly percent-encoded$/u,
  /^The content type of a body is application\/(?:json|x-amz-json-1\.1)$/u,
  /^A body has at most 1048576 bytes$/u,
  /^There is no operation .*$/su,
  // Rules of the two APIs.
  /^Invalid value provided - .+$/su,
  /^Invalid filter key: .*\. Valid keys: [\w, ]+$/su,
  /^Invalid condition for filter key: \w+\. Expected: .+$/u,
  /^(?:Replication set|Response plan|Incident record|Timeline event|Resource policy|Resource|Contact|Contact channel|Engagement|Page|Rotation|Rotation override) not found: .*$/su,
  /^The (?:client|idempotency) token has already been used with different parameters$/u,
  /^(?:Response plan already exists: .+|A contact with the alias .+ already exists|The account already has a replication set: .+)$/su,
  /^Contact .* cannot be deleted: it is in (?:a rotation|\d+ rotations)$/su,
  /^The replication set (?:is being (?:changed or )?deleted|is protected against deletion): .+$/su,
  /^The replication set (?:already has|does not have) the Region .*$/su,
  /^.* is the last Region of the replication set: use DeleteReplicationSet$/su,
  /^Timeline events of type .* belong to the service\. Use Custom Event or Note$/su,
  /^(?:An incident|A resource|A replication set) can have at most \d+ .+$/su,
  /^There can be at most \d+ .+$/u,
  /^The incident has as many timeline events as it can have: .+$/su,
]

const PROTOCOL = ['SerializationException', 'UnknownOperationException', 'UnsupportedMediaTypeException']

function system() {
  const known = new Map<string, string[]>()
  const keep = (kind: string, value: string): void => {
    const others = (known.get(kind) ?? []).filter((other) => other !== value)
    known.set(kind, [...others, value].slice(-9))
  }
  const errors: unknown[] = []
  class Watched extends Logger {
    override error(...entry: unknown[]): void {
      errors.push(...entry)
    }
  }
  const { serve: service, sweep } = inMemory(new Watched({ logLevel: 'SILENT' }), ({ code }) => {
    if (code !== undefined) keep('sent-code', code)
  })
  const serve: Serve = async (request) => {
    const answer = await service(request)
    if (answer.status < 300 && answer.body) remember(keep, JSON.parse(answer.body))
    return answer
  }
  return { serve, sweep, known, errors }
}

/** Remembers what an answer names. */
function remember(keep: (kind: string, value: string) => void, value: unknown, name = ''): void {
  if (typeof value === 'string') {
    const kind = /^arn:aws:ssm-(?:incidents|contacts):[^:]*:111122223333:([a-z-]+)\//u.exec(value)?.[1]
    if (kind !== undefined)
      for (const of of [kind, 'any', ...(value.includes(':contact/akuam') ? ['person'] : [])]) keep(of, value)
    else keep(name === 'NextToken' ? 'nextToken' : name, value)
  } else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) remember(keep, member, Array.isArray(value) ? name : key)
}

/** What is wrong with an answer: nothing, it is hoped. */
function faultsOf({ model, operation, what }: Fuzzed, { status, headers, body }: HttpResponse): string[] {
  if (headers['x-amzn-requestid'] === undefined) return ['no request id']
  if (status === 204) return body === '' ? [] : ['a body']
  const answer: Record<string, unknown> = JSON.parse(body)
  // Another method or path may be another operation.
  if (status < 300 && what.startsWith('the wire')) return []
  if (status < 300) {
    const { status: expected, output } = model.operations[operation] ?? { output: '' }
    return [...(status === expected ? [] : [`status ${status}`]), ...misshapen(model, output, answer, operation)]
  }
  const name = headers['x-amzn-errortype'] ?? ''
  const message = String(answer['message'] ?? answer['Message'])
  const statuses = model.service === 'ssm-incidents' ? model.exceptions[name] : 400
  const known = name in model.exceptions ? status === statuses : PROTOCOL.includes(name) || status === 413
  return [
    ...(status < 500 && name !== 'InternalServerException' ? [] : [`${status} ${name}`]),
    ...(known ? [] : [`${name} with status ${status}`]),
    ...(FAMILIES.some((family) => family.test(message)) ? [] : [`words: ${message.slice(0, 500)}`]),
  ]
}

/** What the model requires of an answer and AWS leaves out (docs/differences-from-aws.md, "Rotations"). */
const LEFT_OUT = new Set(['GetRotation.StartTime'])

/** Where JSON is not as the model has the shape. */
function misshapen(model: Model, name: string, json: unknown, path: string): string[] {
  const shape = shapeOf(model, name)
  const wrong = [`${path} is ${JSON.stringify(json)?.slice(0, 100)}, not ${name}`]
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
  const inside = (of: string, entries: readonly [string, unknown][]): string[] =>
    entries.flatMap(([key, value]) => misshapen(model, of, value, `${path}.${key}`))
  switch (shape.type) {
    case 'structure': {
      if (!isObject) return wrong
      const required = (shape.required ?? []).filter((member) => !LEFT_OUT.has(`${path}.${member}`))
      const missing = required.filter((member) => !Object.hasOwn(json, member))
      return [
        ...missing.map((member) => `${path}.${member} is missing`),
        ...Object.entries(json).flatMap(([key, value]) => inside(shape.members[key] ?? 'unknown', [[key, value]])),
      ]
    }
    case 'list':
      return Array.isArray(json) ? inside(shape.member, Object.entries(json)) : wrong
    case 'map':
      return isObject ? inside(shape.value, Object.entries(json)) : wrong
    case 'string':
      return typeof json === 'string' ? [] : wrong
    case 'boolean':
      return typeof json === 'boolean' ? [] : wrong
    case 'integer':
    case 'timestamp':
      return typeof json === 'number' ? [] : wrong
  }
}

test(
  `${RUNS} random requests are answered in the words of the API, none by a fault of ours`,
  { timeout: 240_000 },
  async () => {
    const { serve, sweep, known, errors } = system()
    let furnishings = 0
    const refurnish = () => furnish(serve, () => known.get('sent-code')?.at(-1) ?? '', `-${++furnishings}`)
    const done = new Set<string>()
    let run = 0
    const property = fc.asyncProperty(requests, async (fuzzed) => {
      if (run++ % 250 === 0) {
        // A large account that was deleted is emptied by several.
        for (let minutes = 0; minutes < 10; minutes++) expect(await sweep()).toMatchObject({ failed: 0 })
        await refurnish()
      }
      const request = fuzzed.request(known)
      const start = performance.now()
      const answer = await serve(request)
      const took = performance.now() - start
      const { method, path, query, headers, body } = request
      const sent = { method, path, query, headers, body: Buffer.from(body).toString().slice(0, 2000) }
      const faults = faultsOf(fuzzed, answer)
      if (took > LONGEST_MILLISECONDS) faults.push(`took ${took} ms`)
      expect({ faults, errors, what: fuzzed.what, sent }).toEqual({ faults: [], errors: [], what: fuzzed.what, sent })
      if (answer.status < 300) done.add(`${fuzzed.model.service} ${fuzzed.operation}`)
    })
    await fc.assert(property, { numRuns: RUNS })
    // The store fills up: nearly every operation, of 70, has been done, not only refused.
    expect(done.size).toBeGreaterThan(60)
  },
)
