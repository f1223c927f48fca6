// Each operation refuses each constraint of its input that is broken, in AWS's words, on the wire and to the official clients.
import { isDeepStrictEqual } from 'node:util'
import * as contactsSdk from '@aws-sdk/client-ssm-contacts'
import * as incidentsSdk from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { structureOf, type Model } from '../../../lib/incident-manager/model/model.ts'
import { ssmContacts } from '../../../lib/incident-manager/model/ssm-contacts.generated.ts'
import { ssmIncidents } from '../../../lib/incident-manager/model/ssm-incidents.generated.ts'
import type { Handlers } from '../../../lib/incident-manager/protocol/wire.ts'
import { encode } from './encode.ts'
import { loopback, serveContacts, serveIncidents, type Loopback } from './loopback.ts'
import { sampleStructure } from './samples.ts'
import { messageOf, violationsOf, type Value, type Violation } from './violations.ts'

const handlers: Handlers = new Proxy({}, { get: () => async () => ({}) })
const apis = [
  {
    model: ssmIncidents,
    sdk: incidentsSdk,
    serve: serveIncidents(handlers),
    send: ({ incidents }: Loopback, name: string, input: object) =>
      incidents.send(new (Reflect.get(incidentsSdk, `${name}Command`))(input)),
    kinds: ['map key', 'union without a member', 'union with two members', 'too few'],
  },
  {
    model: ssmContacts,
    sdk: contactsSdk,
    serve: serveContacts(handlers),
    send: ({ contacts }: Loopback, name: string, input: object) =>
      contacts.send(new (Reflect.get(contactsSdk, `${name}Command`))(input)),
    kinds: ['map key', 'too few'],
  },
]
const SIMPLE = ['required', 'enum', 'pattern', 'too long', 'too short', 'too great', 'too small', 'too many']

const isObject = (value: Value): value is Exclude<Value, string | number | boolean | null | Date | Value[]> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** The violations that can be sent: a path and a query hold texts, and a member there is absent when it is empty. */
function sendable(model: Model, input: string): (Violation & { readonly member: string; readonly input: object })[] {
  const { label, query = [], members } = structureOf(model, input)
  const whole = sampleStructure(model, input, 'full')
  return violationsOf(model, input).flatMap((violation) => {
    const { broken, kind } = violation
    if (!isObject(broken)) return []
    const member = Object.keys(members).find((name) => !isDeepStrictEqual(broken[name], whole[name])) ?? ''
    const located = member === label || query.includes(member)
    const absent = kind === 'wrong type' || kind === 'null element' || kind === 'too few' || member === label
    return located && absent ? [] : [{ ...violation, member, input: broken }]
  })
}

const ours = ({ message, Message = message, Reason, Fields }: Record<string, unknown>): object =>
  Reason === undefined ? { message: Message } : { message: Message, Reason, Fields }

describe.each(apis)('$model.service', ({ model, sdk, serve, send, kinds }) => {
  const operations = Object.entries(model.operations).map(([name, { input }]) => ({ name, input }))
  const contacts = model.service === 'ssm-contacts'

  /** What the API says to a violation of its own accord: contacts names the fields once more. */
  const refusal = (says: Violation['says']): object => {
    if (typeof says === 'string') return { message: says }
    const Fields = says.map(({ path, clause }) => ({ Name: path, Message: clause }))
    return { message: messageOf(says), ...(contacts ? { Reason: 'FIELD_VALIDATION_FAILED', Fields } : {}) }
  }

  test.each(operations)('$name refuses each constraint that is broken', async ({ name, input }) => {
    const answers: object[] = []
    const expected: object[] = []
    for (const { kind, member, says, input: broken } of sendable(model, input)) {
      const error = typeof says === 'string' ? 'SerializationException' : 'ValidationException'
      expected.push({ kind, member, status: 400, error, ...refusal(says) })
      const { status, headers, body } = await serve(encode(model, name, broken))
      answers.push({ kind, member, status, error: headers['x-amzn-errortype'], ...ours(JSON.parse(body)) })
    }
    expect(answers).toEqual(expected)
  })

  test('each kind of constraint that the model has was broken', () => {
    const broken = operations.flatMap(({ input }) => sendable(model, input).map(({ kind }) => kind))
    expect(new Set(broken)).toEqual(new Set([...SIMPLE, ...kinds, 'wrong type', 'null element']))
  })

  describe('the official client', () => {
    let server: Loopback
    beforeAll(async () => {
      server = await loopback(serve)
    })
    afterAll(() => server[Symbol.asyncDispose]())

    const several = operations.flatMap(({ name, input }) => {
      const { query = [] } = structureOf(model, input)
      const first = new Map<string, Violation & { input: object }>()
      for (const violation of sendable(model, input)) {
        const { kind, member, says } = violation
        // The client itself misses what belongs into the query, and a list without a value.
        const its = kind === 'null element' || (kind === 'required' && query.includes(member))
        if (typeof says !== 'string' && !its && !first.has(member)) first.set(member, violation)
      }
      return first.size ? [{ name, input, violations: [...first] }] : []
    })

    test.each(several)('has one message for all that is wrong with $name', async ({ name, input, violations }) => {
      const request: Record<string, unknown> = sampleStructure(model, input, 'full')
      for (const [member, violation] of violations) request[member] = Reflect.get(violation.input, member)
      const says = violations.flatMap(([, violation]) => (typeof violation.says === 'string' ? [] : violation.says))
      const error = await send(server, name, request).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(sdk.ValidationException)
      expect(error).toMatchObject({ ...refusal(says), $metadata: { httpStatusCode: 400 } })
    })
  })
})
