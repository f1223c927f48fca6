// What the wire promises: whatever an official client sends reaches the handler, and what it answers reaches the client.
import * as contactsSdk from '@aws-sdk/client-ssm-contacts'
import * as incidentsSdk from '@aws-sdk/client-ssm-incidents'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ssmContacts } from '../../../lib/incident-manager/model/ssm-contacts.generated.ts'
import { ssmIncidents } from '../../../lib/incident-manager/model/ssm-incidents.generated.ts'
import { loopback, serveContacts, serveIncidents, type Loopback } from './loopback.ts'
import { sampleStructure, type Extent } from './samples.ts'

const apis = [
  {
    model: ssmIncidents,
    sdk: incidentsSdk,
    serve: serveIncidents,
    send: ({ incidents }: Loopback, name: string, input: object) =>
      incidents.send(new (Reflect.get(incidentsSdk, `${name}Command`))(input)),
  },
  {
    model: ssmContacts,
    sdk: contactsSdk,
    serve: serveContacts,
    send: ({ contacts }: Loopback, name: string, input: object) =>
      contacts.send(new (Reflect.get(contactsSdk, `${name}Command`))(input)),
  },
]

test('the models have all 70 operations', () => {
  expect(apis.map(({ model }) => Object.keys(model.operations).length)).toEqual([31, 39])
})

describe.each(apis)('$model.service', ({ model, sdk, serve, send }) => {
  const operations = Object.entries(model.operations).map(([name, operation]) => ({ name, ...operation }))

  describe.each<Extent>(['minimal', 'full', 'other'])('a %s request and its answer', (extent) => {
    const received: Record<string, object> = {}
    const handlers = Object.fromEntries(
      operations.map(({ name, output }) => [
        name,
        async (input: object) => {
          received[name] = input
          return sampleStructure(model, output, extent)
        },
      ]),
    )
    let server: Loopback
    beforeAll(async () => {
      server = await loopback(serve(handlers))
    })
    afterAll(() => server[Symbol.asyncDispose]())

    test.each(operations)('$name', async ({ name, input, output, status }) => {
      const request = sampleStructure(model, input, extent)
      const { $metadata, ...answer } = await send(server, name, request)
      expect(received[name]).toEqual(request)
      expect(answer).toEqual(sampleStructure(model, output, extent))
      expect($metadata).toMatchObject({ httpStatusCode: status, requestId: expect.stringMatching(/^[\w-]{36}$/) })
    })
  })

  test('an operation without a handler says that it is not implemented yet', async () => {
    await using server = await loopback(serve({}))
    const { name, input } = operations[0] ?? { name: '', input: '' }
    const error = await send(server, name, sampleStructure(model, input, 'minimal')).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(sdk.ValidationException)
    expect(error).toMatchObject({ message: `Tocsin does not implement ${name} yet.` })
  })
})
