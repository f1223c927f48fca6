// Each sample of AWS's API reference is sent as it stands there, and answered in its shape.
import { Logger } from '@aws-lambda-powertools/logger'
import { expect, test } from 'vitest'
import type { LocalMessage } from '../../../lib/aws/runtime.ts'
import { ssmIncidents } from '../../../lib/incident-manager/model/ssm-incidents.generated.ts'
import type { HttpRequest, HttpResponse } from '../../../lib/incident-manager/protocol/http.ts'
import { furnish, inMemory, type InMemory } from './account.ts'
import { encode } from './encode.ts'
import type { Sample, There } from './reference-samples.ts'
import { contactsSamples } from './reference-samples-contacts.ts'
import { incidentsSamples } from './reference-samples-incidents.ts'

const NOWHERE: There = {
  set: '',
  plan: '',
  incident: '',
  event: '',
  policyId: '',
  person: '',
  channels: ['', ''],
  escalation: '',
  engagement: '',
  page: '',
  code: '',
  activationCode: '',
  updateEvent: '',
  token: '',
}

/** An account in which there is what the samples speak of. */
async function account(): Promise<{ serve: InMemory['serve']; there: () => There }> {
  const messages: LocalMessage[] = []
  const codeOf = (page?: string): string => messages.findLast(({ pageArn }) => pageArn === page)?.code ?? ''
  const { serve } = inMemory(new Logger({ logLevel: 'SILENT' }), (message) => messages.push(message))
  const furnished = await furnish(serve, codeOf, '-1')
  const found = async (operation: string, input: object, pattern: RegExp): Promise<string> =>
    pattern.exec((await serve(encode(ssmIncidents, operation, input))).body)?.[1] ?? ''
  await serve(
    encode(ssmIncidents, 'CreateResponsePlan', {
      name: 'zzz',
      incidentTemplate: { title: 'Z', impact: 5 },
      displayName: 'Z',
    }),
  )
  const incidentRecordArn = furnished.incident
  const token = await found('ListResponsePlans', { maxResults: 1 }, /"nextToken":"([^"]+)"/u)
  const update = /"eventId":"([^"]+)"[^{}]*"eventType":"SSM Incident Record Update"/u
  const updateEvent = await found('ListTimelineEvents', { incidentRecordArn }, update)
  const codes = () => ({ code: codeOf(furnished.page), activationCode: codeOf() })
  return { serve, there: () => ({ ...furnished, ...codes(), token, updateEvent }) }
}

function requestOf({ line, body }: Sample): HttpRequest {
  const bytes = Buffer.from(body ? JSON.stringify(body) : '')
  if (line.startsWith('SSMContacts.')) {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': line }
    return { method: 'POST', path: '/', query: '', headers, body: bytes }
  }
  const [method = '', target = ''] = line.split(' ')
  const [path = '', query = ''] = target.split('?')
  return { method, path, query, headers: body ? { 'content-type': 'application/json' } : {}, body: bytes }
}

/** The members of JSON with their types: `Pages[].PageArn string`. Elements of a list count together. */
function shapeOf(json: unknown, path = ''): string[] {
  if (Array.isArray(json)) return [`${path} list`, ...json.flatMap((element) => shapeOf(element, `${path}[]`))]
  if (typeof json !== 'object' || json === null) return [`${path} ${json === null ? 'null' : typeof json}`]
  return [`${path} object`, ...Object.entries(json).flatMap(([name, value]) => shapeOf(value, `${path}.${name}`))]
}

const sets: Record<string, (there: There) => Sample[]> = { incidents: incidentsSamples, contacts: contactsSamples }
const all = Object.entries(sets).flatMap(([api, samples]) =>
  samples(NOWHERE).map(({ operation }) => ({ api, operation, samples })),
)

test('there are 56 of them', () => {
  expect(all.length).toBe(56)
})

test.each(all)('$api: $operation', async ({ operation, samples }) => {
  const { serve, there } = await account()
  const send = async (name: string): Promise<{ sample: Sample; answer: HttpResponse }> => {
    const sample = samples(there()).find((sample) => sample.operation === name)
    if (!sample) throw new Error(`There is no sample of ${name}`)
    for (const before of sample.after ?? []) await send(before)
    const latest = samples(there()).find((sample) => sample.operation === name) ?? sample
    return { sample, answer: await serve(requestOf(latest)) }
  }
  const { sample, answer } = await send(operation)
  expect(answer).toMatchObject({ status: sample.status })
  if (!sample.answer) return expect(answer.body).toBe('')
  const expected = new Set([...shapeOf(sample.answer), ...(sample.more ?? [])])
  for (const less of sample.less ?? []) expected.delete(less)
  expect([...new Set(shapeOf(JSON.parse(answer.body)))].toSorted()).toEqual([...expected].toSorted())
})
