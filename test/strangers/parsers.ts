// Every parser of what strangers send, as this project calls it, with the most that reaches it.
import { tagsOf } from '../../lib/automation/sources/alarm-tags.ts'
import { healthEvent } from '../../lib/automation/sources/health-event.ts'
import { regionCode } from '../../lib/automation/sources/region-names.ts'
import { MalformedInput } from '../../lib/automation/sources/signal.ts'
import { unreadable } from '../../lib/automation/sources/unreadable.ts'
import type { LambdaFunctionURLEvent } from 'aws-lambda'
import { alarmSignal, parseAlarmArn } from '../../lib/automation/sources/alarm-event.ts'
import { parseAlarmInvocation } from '../../lib/automation/sources/alarm-invocation.ts'
import { parseAlarmNotification } from '../../lib/automation/sources/alarm-notification.ts'
import { measureOf } from '../../lib/automation/sources/alarm-measure.ts'
import { metricGraphs } from '../../lib/automation/sources/alarm-metrics.ts'
import { heldOf } from '../../lib/automation/sources/alarm-held.ts'
import { isAutomatic } from '../../lib/automation/sources/automatic-mail.ts'
import { parseEvent } from '../../lib/automation/sources/event.ts'
import {
  DEEPEST,
  Fields,
  isDeep,
  isJson,
  type Json,
  notTooDeep,
  parseJson,
} from '../../lib/automation/sources/fields.ts'
import { parseNotification } from '../../lib/automation/sources/incident-notification.ts'
import { htmlText } from '../../lib/automation/sources/mail-html.ts'
import { parseMail } from '../../lib/automation/sources/mail-text.ts'
import { ownCode } from '../../lib/automation/sources/own-words.ts'
import { parseInvocation, parseRecord } from '../../lib/automation/sources/queue-record.ts'
import { parseReply } from '../../lib/automation/sources/reply.ts'
import { parseTopicMessage } from '../../lib/automation/sources/topic-message.ts'
import { matchRules } from '../../lib/automation/rules/match-rules.ts'
import { matches } from '../../lib/automation/rules/pattern.ts'
import { compileRules } from '../../lib/automation/rules/schema.ts'
import { render } from '../../lib/automation/rules/template.ts'
import { ssmContacts } from '../../lib/incident-manager/model/ssm-contacts.generated.ts'
import { ssmIncidents } from '../../lib/incident-manager/model/ssm-incidents.generated.ts'
import { readAuthorization, readDate, scopeOf } from '../../lib/incident-manager/protocol/authorization.ts'
import { awsJson } from '../../lib/incident-manager/protocol/aws-json.ts'
import { canonicalRequest } from '../../lib/incident-manager/protocol/canonical-request.ts'
import { fromFunctionUrl } from '../../lib/incident-manager/protocol/function-url.ts'
import { isPresigned, readPresigned } from '../../lib/incident-manager/protocol/presigned.ts'
import { matches as matchesModel } from '../../lib/incident-manager/protocol/patterns.ts'
import { readInput } from '../../lib/incident-manager/protocol/read.ts'
import { restJson } from '../../lib/incident-manager/protocol/rest-json.ts'
import { verifySignature } from '../../lib/incident-manager/protocol/signature.ts'
import { jsonBody } from '../../lib/incident-manager/protocol/wire.ts'
import { heardIn } from '../../lib/local/alarm-record.ts'
import { answerJson, answerQuery, type AwsApi } from '../../lib/local/aws-wire.ts'
import { putEvents } from '../../lib/local/bus.ts'
import { parseDuration } from '../../lib/local/duration.ts'
import { parseJson as parseLocalJson } from '../../lib/local/json.ts'
import { attributesJson } from '../../lib/local/sqs-message.ts'
import { record, topicMessage } from '../automation/sources/fixtures.ts'
import { JSONS, TEXTS } from './hostile.ts'

interface Fed {
  /** How many characters reach it at the most. */
  readonly cap: number
  readonly families: Readonly<Record<string, (length: number) => string>>
  /** What is measured, made of a text; what it takes to make it is not. */
  readonly prepare: (text: string) => () => unknown
}

const KIB = 1024
/** JSON of the most values that are read at all, each with a name (lib/automation/sources/fields.ts). */
const BODY = 448 * KIB
/** What is a text within that may be escaped twice. */
const TEXT = 120 * KIB
/** All headers of a request together, and its first line: more is refused by whatever serves HTTP. */
const HEADERS = 16 * KIB

const texts = (cap: number, prepare: Fed['prepare']): Fed => ({ cap, families: TEXTS, prepare })
const jsons = (cap: number, prepare: Fed['prepare']): Fed => ({ cap, families: JSONS, prepare })
/** JSON where it is none, too: that must be seen as quickly. */
const object = (text: string): Json => {
  try {
    const value: unknown = JSON.parse(text)
    return isJson(value) ? value : {}
  } catch {
    return {}
  }
}
/** Where it is deeper, nothing of it comes so far. */
const shallow = (text: string): Json => (isDeep(object(text), DEEPEST) ? {} : object(text))
const fields = (json: object): Fields => new Fields('test', { ...json })
/** Each of what stands twice has three of them, by which `parseJson` counts. */
const MOST_VALUES = 40_000
const cut = (text: string, length = 1000): string => text.slice(0, length)

const ARN = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:a'
const NOW = new Date('2026-03-01T12:00:00Z')
const PLACE = { account: '111122223333', region: 'us-east-1' }
const detailOf = (text: string) => ({
  alarmName: text,
  alarmContributor: { id: text },
  muteDetail: { mutedByArn: text, muteWindowEnd: text },
  state: {
    value: 'ALARM',
    reason: text,
    reasonData: text,
    timestamp: '2026-03-01T12:00:00Z',
    actionsSuppressedBy: 'Alarm',
    actionsSuppressedReason: text,
  },
  configuration: { description: text, metrics: [{ id: text, expression: text, label: text }] },
})
const eventOf = (detail: object, resources: readonly string[] = [ARN]) => ({
  id: 'i',
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  account: '111122223333',
  region: 'us-east-1',
  time: '2026-03-01T12:00:00Z',
  resources,
  detail,
})
/** A fifth of all that it may have: that is what the fields above share. */
const ofAlarm = (prepare: (detail: object) => () => unknown): Fed[] => [
  texts(BODY / 20, (text) => prepare(detailOf(text))),
  // Only what it reads of the JSON counts, so the JSON is put where it reads.
  jsons(BODY / 2, (text) => prepare({ ...detailOf('x'), configuration: { metrics: metricsOf(text) } })),
  jsons(BODY / 4, (text) => prepare({ ...detailOf('x'), state: { value: 'ALARM', reasonData: text } })),
]
/** As many metrics as a text has room for, all drawn with each other. */
const metricsOf = (text: string): object[] =>
  Array.from({ length: Math.min(1000, text.length / 50) }, (_, at) =>
    at % 2 === 0
      ? { id: `m${at}`, expression: text.slice(0, 1000) }
      : {
          metricStat: { metric: { namespace: 'n', name: 'm', dimensions: at === 1 ? shallow(text) : {} }, period: 60 },
        },
  )

const rules = compileRules(
  {
    version: 1,
    rules: [
      { id: 'wild', match: { detail: { a: [{ wildcard: '*a*b*c*d*' }] } } },
      {
        id: 'texts',
        match: {
          detail: { a: [{ prefix: 'aa' }, { suffix: 'b' }, { 'equals-ignore-case': 'X' }, { cidr: '10.0.0.0/8' }] },
        },
      },
      { id: 'but', match: { detail: { a: [{ 'anything-but': ['q'] }], b: { c: [{ numeric: ['>', 1] }] } } } },
      { id: 'all', match: { source: [{ exists: true }] }, open: { title: '${detail.a} ${detail}' } },
    ],
  },
  () => undefined,
  'rules.yml',
)
const envelopeOf = (detail: Json) => ({ ...eventOf(detail), detail })

const mailOf = (text: string) => ({
  mail: { messageId: 'm', headers: [], commonHeaders: { from: ['a@example.com'], subject: 'Re' } },
  content: text,
})
const inMail = (about: object, headers: readonly object[] = []) => ({
  mail: { messageId: 'm', headers, commonHeaders: { from: ['a@example.com'], ...about } },
})
const reply = (message: unknown) => {
  const it = record(topicMessage(message))
  return () => parseReply(it)
}

const request = (more: object) => ({
  method: 'POST',
  path: '/',
  query: '',
  headers: {},
  body: new Uint8Array(),
  ...more,
})
const signed = (authorization: string) =>
  request({ headers: { authorization, host: 'h', 'x-amz-date': '20260301T120000Z' } })
const EXPECTED = { service: 'ssm-contacts', region: 'us-east-1', now: NOW, secretOf: () => Promise.resolve('secret') }
const credential = 'AKID/20260301/us-east-1/ssm-contacts/aws4_request'
const incidents = restJson(ssmIncidents)
const contacts = awsJson(ssmContacts)
const JSON_1_1 = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'SSMContacts.CreateContact' }
const modelPatterns = [ssmContacts, ssmIncidents].flatMap(({ shapes }) =>
  Object.values(shapes).flatMap((shape) =>
    shape.type === 'string' && shape.pattern !== undefined ? [shape.pattern] : [],
  ),
)
const urlEvent = (more: object): LambdaFunctionURLEvent =>
  // As a function URL has it; only these are read.
  JSON.parse(
    JSON.stringify({
      requestContext: { http: { method: 'POST' } },
      rawPath: '/',
      rawQueryString: '',
      headers: {},
      isBase64Encoded: false,
      ...more,
    }),
  )

const api: AwsApi = {
  operations: { Put: () => ({ ok: true }) },
  query: { namespace: 'n', items: () => undefined, lists: {}, maps: ['Attributes'] },
}
const bus = {
  place: { account: '111122223333', region: 'us-east-1' },
  clock: { now: () => NOW },
  rules: [],
  send: async () => {},
  hear: async () => {},
}
const form = (text: string) => {
  const parameters = new URLSearchParams(text)
  parameters.set('Action', 'Put')
  return parameters
}

/** By the file and the export. */
export const PARSERS: Readonly<Record<string, readonly Fed[]>> = {
  'lib/automation/sources/reply.ts parseReply': [
    texts(TEXT, (text) => reply(mailOf(text))),
    texts(TEXT, (text) => reply(mailOf(`Content-Type: text/html\r\n\r\n${text}`))),
    texts(TEXT / 4, (text) => reply(inMail({ subject: text }))),
    texts(TEXT / 4, (text) => reply(inMail({ from: [text] }))),
    texts(TEXT, (text) =>
      reply(
        inMail({}, [
          { name: text, value: 'x' },
          { name: 'Return-Path', value: text },
        ]),
      ),
    ),
    texts(TEXT, (text) => reply({ originationNumber: '+1', inboundMessageId: 'i', messageBody: text })),
    jsons(TEXT, (text) => reply(text)),
  ],
  'lib/automation/sources/mail-text.ts parseMail': [texts(256 * KIB, (text) => () => parseMail(text))],
  'lib/automation/sources/mail-html.ts htmlText': [texts(256 * KIB, (text) => () => htmlText(text))],
  'lib/automation/sources/own-words.ts ownCode': [texts(256 * KIB, (text) => () => ownCode(text))],
  'lib/automation/sources/automatic-mail.ts isAutomatic': [
    texts(
      TEXT,
      (text) => () =>
        isAutomatic({
          headers: [
            { name: text, value: text },
            { name: 'content-type', value: text },
          ],
          subject: text,
          from: text,
          returnPaths: [text],
        }),
    ),
  ],
  'lib/automation/sources/queue-record.ts parseRecord': [
    jsons(BODY, (text) => () => parseRecord(record(text))),
    jsons(BODY - KIB, (text) => {
      const it = record(
        `{"id":"i","source":"s","detail-type":"t","account":"1","region":"r","time":"2026-03-01T12:00:00Z","resources":[],"detail":${text}}`,
      )
      return () => parseRecord(it)
    }),
    jsons(TEXT, (text) => {
      const it = record(topicMessage(text))
      return () => parseRecord(it)
    }),
    ...ofAlarm((detail) => {
      const it = record(eventOf(detail))
      return () => parseRecord(it)
    }),
  ],
  'lib/automation/sources/queue-record.ts parseInvocation': [
    jsons(BODY, (text) => {
      const it = object(text)
      return () => parseInvocation(it)
    }),
  ],
  'lib/automation/sources/incident-notification.ts parseNotification': [
    jsons(TEXT, (text) => {
      const newValue = text
      const it = record(
        topicMessage({
          'detail-type': 'SSM Incident Record Update',
          resources: ['a'],
          detail: { modifiedAttributes: [{ attributeName: 'relatedItems', newValue }] },
        }),
      )
      return () => parseNotification(it)
    }),
    texts(TEXT, (text) => {
      const it = record(topicMessage({ 'detail-type': text, time: text, resources: [text] }))
      return () => parseNotification(it)
    }),
  ],
  'lib/automation/sources/topic-message.ts parseTopicMessage': [
    texts(
      BODY / 4,
      (text) => () =>
        parseTopicMessage({ Type: 'Notification', MessageId: text, TopicArn: text, Message: text, Timestamp: text }),
    ),
  ],
  'lib/automation/sources/topic-message.ts bodyOf': [
    jsons(BODY, (text) => () => parseJson('queue record', 'body', text)),
  ],
  'lib/automation/sources/event.ts parseEvent': ofAlarm((detail) => {
    const it = eventOf(
      detail,
      Array.from({ length: 1000 }, () => ARN),
    )
    return () => parseEvent(it)
  }),
  'lib/automation/sources/alarm-event.ts alarmSignal': ofAlarm((detail) => {
    const it = { ...eventOf(detail), detail: { ...detail } }
    return () => alarmSignal(it, 'i')
  }),
  'lib/automation/sources/alarm-event.ts parseAlarmArn': [texts(BODY, (text) => () => parseAlarmArn(text))],
  'lib/automation/sources/health-event.ts healthEvent': [
    texts(BODY / 4, (text) => {
      const detail = { eventArn: text, service: text, eventTypeCode: text, statusCode: text, eventRegion: text }
      const it = { ...envelopeOf({ ...detail, eventDescription: [{ latestDescription: text }] }), source: 'aws.health' }
      return () => healthEvent(it, 'i', NOW)
    }),
  ],
  'lib/automation/sources/unreadable.ts unreadable': [
    texts(BODY / 4, (text) => {
      const error = new MalformedInput('queue record', 'body', 'is not JSON')
      return () => unreadable({ messageId: 'm', body: text }, error, PLACE, NOW)
    }),
    jsons(BODY / 4, (text) => {
      const error = new MalformedInput('queue record', 'body', 'is nothing known')
      return () => unreadable({ messageId: 'm', body: text }, error, PLACE, NOW)
    }),
  ],
  'lib/automation/sources/alarm-tags.ts tagsOf': [
    jsons(BODY / 4, (text) => {
      const told = object(text)
      const listed = Object.keys(told).map((Key) => ({ Key, Value: Key }))
      return () => [tagsOf(told), tagsOf(listed)]
    }),
  ],
  'lib/automation/sources/region-names.ts regionCode': [texts(BODY / 4, (text) => () => regionCode(text))],
  'lib/automation/sources/alarm-invocation.ts parseAlarmInvocation': ofAlarm((alarmData) => {
    const it = { alarmArn: ARN, alarmData }
    return () => parseAlarmInvocation(it)
  }),
  'lib/automation/sources/alarm-notification.ts parseAlarmNotification': [
    texts(BODY / 4, (text) => {
      const Metrics = Array.from({ length: 100 }, () => ({ Expression: cut(text), Label: cut(text) }))
      const it = {
        AlarmName: text,
        AlarmArn: ARN,
        NewStateValue: 'ALARM',
        NewStateReason: text,
        StateChangeTime: '2026-03-01T12:00:00Z',
        AlarmDescription: text,
        Trigger: { Metrics },
      }
      return () => parseAlarmNotification(it, { id: 'i' })
    }),
    jsons(BODY, (text) => {
      const Dimensions = Object.keys(object(text))
        .slice(0, MOST_VALUES / 6)
        .map((name) => ({ name, value: 'x' }))
      const it = {
        AlarmName: 'a',
        AlarmArn: ARN,
        NewStateValue: 'ALARM',
        StateChangeTime: '2026-03-01T12:00:00Z',
        Trigger: { MetricName: 'm', Namespace: 'n', Dimensions },
        TriggeringChildren: Dimensions,
      }
      return () => parseAlarmNotification(it, { id: 'i' })
    }),
  ],
  'lib/automation/sources/alarm-measure.ts measureOf': [
    texts(BODY / 2, (text) => () => measureOf(fields({ reason: text, reasonData: text }), undefined)),
    jsons(BODY / 2, (text) => () => measureOf(fields({ reasonData: text }), undefined)),
  ],
  'lib/automation/sources/alarm-measure.ts reasonData': [
    jsons(BODY / 2, (text) => () => measureOf(fields({ reasonData: text }), undefined)),
  ],
  'lib/automation/sources/alarm-metrics.ts metricGraphs': [
    jsons(BODY, (text) => {
      const metrics = metricsOf(text)
      return () => metricGraphs(fields({ metrics }), 'us-east-1', 'a')
    }),
    texts(BODY, (text) => {
      const metrics = Array.from({ length: 50 }, (_, at) => ({
        id: `m${at}`,
        expression: text.slice(0, text.length / 50),
      }))
      return () => metricGraphs(fields({ metrics }), 'us-east-1', 'a')
    }),
  ],
  'lib/automation/sources/alarm-held.ts heldOf': [
    texts(
      BODY / 4,
      (text) => () =>
        heldOf(
          fields({ muteDetail: { mutedByArn: text, muteWindowEnd: text } }),
          fields({ actionsSuppressedBy: 'Alarm', actionsSuppressedReason: text }),
          NOW,
        ),
    ),
  ],
  'lib/automation/sources/fields.ts parseJson': [
    jsons(BODY, (text) => () => parseJson('test', 'text', text)),
    texts(BODY, (text) => () => parseJson('test', 'text', text)),
  ],
  'lib/automation/sources/fields.ts notTooDeep': [
    jsons(BODY, (text) => {
      const it = object(text)
      return () => notTooDeep('test', 'object', it)
    }),
  ],
  'lib/automation/sources/fields.ts Fields': [
    texts(BODY, (text) => () => [fields({ a: text }).optionalInstant('a'), fields({ a: text }).texts('a')]),
    jsons(BODY, (text) => {
      const it = fields(object(text))
      return () => [it.objects('a').length, it.texts('a').length]
    }),
  ],
  'lib/automation/rules/match-rules.ts matchRules': [
    texts(BODY, (text) => {
      const it = envelopeOf({ a: text, b: { c: text } })
      return () => matchRules(rules, it)
    }),
    jsons(BODY, (text) => {
      const it = envelopeOf(shallow(text))
      return () => matchRules(rules, it)
    }),
  ],
  'lib/automation/rules/pattern.ts matches': [
    texts(BODY, (text) => {
      const pattern = { a: [{ wildcard: '*a*b*c*' }] }
      return () => matches(pattern, { a: [text, text] })
    }),
  ],
  'lib/automation/rules/template.ts render': [
    texts(BODY, (text) => () => render('${detail.a} ${detail}', envelopeOf({ a: text }))),
    jsons(BODY / 2, (text) => {
      const it = envelopeOf(shallow(text))
      return () => render('${detail.a} ${detail}', it)
    }),
  ],
  'lib/incident-manager/protocol/authorization.ts readAuthorization': [
    texts(HEADERS, (text) => () => readAuthorization({ authorization: text, 'x-amz-date': text })),
    texts(
      HEADERS,
      (text) => () => readAuthorization({ authorization: `AWS4-HMAC-SHA256 Credential=${text}`, date: text }),
    ),
  ],
  'lib/incident-manager/protocol/authorization.ts scopeOf': [
    texts(HEADERS, (text) => () => scopeOf('AWS4-HMAC-SHA256', text)),
  ],
  'lib/incident-manager/protocol/authorization.ts readDate': [texts(HEADERS, (text) => () => readDate(text))],
  'lib/incident-manager/protocol/presigned.ts isPresigned': [
    texts(HEADERS, (text) => () => isPresigned(request({ query: text }))),
  ],
  'lib/incident-manager/protocol/presigned.ts readPresigned': [
    texts(HEADERS, (text) => () => readPresigned(request({ query: text }))),
    texts(HEADERS, (text) => () => {
      const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}&X-Amz-Date=20260301T120000Z&X-Amz-Expires=60&X-Amz-Signature=a&X-Amz-SignedHeaders=host&${text}`
      return readPresigned(request({ query }))
    }),
  ],
  'lib/incident-manager/protocol/canonical-request.ts canonicalRequest': [
    texts(
      HEADERS,
      (text) => () =>
        canonicalRequest(request({ path: `/${text}`, query: text, headers: { host: text } }), ['host'], 'h'),
    ),
  ],
  'lib/incident-manager/protocol/signature.ts verifySignature': [
    texts(
      HEADERS / 2,
      (text) => () =>
        verifySignature(
          {
            ...signed(
              `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${'a'.repeat(64)}`,
            ),
            query: text,
          },
          EXPECTED,
        ),
    ),
    {
      cap: HEADERS,
      families: { 'a long header, signed again and again': (length) => 'x'.repeat(length / 2) },
      prepare: (long) => {
        const signedHeaders = ['host', 'x-amz-date', ...Array.from({ length: long.length / 2 }, () => 'a')].join(';')
        const it = signed(
          `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${'a'.repeat(64)}`,
        )
        return () => verifySignature({ ...it, headers: { ...it.headers, a: long } }, EXPECTED)
      },
    },
  ],
  'lib/incident-manager/protocol/wire.ts jsonBody': [
    jsons(BODY, (text) => {
      const body = Buffer.from(text)
      return () => jsonBody(request({ body }), 'application/json')
    }),
  ],
  'lib/incident-manager/protocol/rest-json.ts restJson': [
    texts(HEADERS, (text) => () => incidents.read(request({ method: 'GET', path: `/tags/${text}`, query: text }))),
    texts(HEADERS, (text) => () => incidents.read(request({ method: 'GET', path: text, query: text }))),
  ],
  'lib/incident-manager/protocol/aws-json.ts awsJson': [
    jsons(BODY, (text) => {
      const body = Buffer.from(text)
      return () => contacts.read(request({ body, headers: JSON_1_1 }))
    }),
  ],
  'lib/incident-manager/protocol/read.ts readInput': [
    texts(
      BODY / 2,
      (text) => () =>
        readInput(ssmContacts, 'CreateContactRequest', {
          Alias: text,
          Type: text,
          DisplayName: text,
          Plan: { Stages: [] },
        }),
    ),
    jsons(BODY, (text) => {
      const listed = Object.keys(object(text))
      const Tags = listed.length > 1 ? listed.map((Key) => ({ Key, Value: '\u0001' })) : object(text)['a']
      return () =>
        readInput(ssmContacts, 'CreateContactRequest', { Alias: 'a', Type: 'PERSONAL', Plan: { Stages: Tags }, Tags })
    }),
    jsons(BODY, (text) => {
      const tags = object(text)
      return () => readInput(ssmIncidents, 'TagResourceRequest', { resourceArn: 'a', tags })
    }),
  ],
  'lib/incident-manager/protocol/patterns.ts matches': [...new Set(modelPatterns)].map((pattern) =>
    texts(TEXT / 8, (text) => () => matchesModel(pattern, text)),
  ),
  'lib/incident-manager/protocol/function-url.ts fromFunctionUrl': [
    jsons(BODY, (text) => {
      const it = urlEvent({ body: text })
      return () => fromFunctionUrl(it)
    }),
  ],
  'lib/local/alarm-record.ts heardIn': ofAlarm((detail) => {
    const it = eventOf(detail)
    return () => heardIn(it, NOW, PLACE)
  }),
  'lib/local/json.ts parseJson': [jsons(BODY, (text) => () => parseLocalJson(text, 'The body'))],
  'lib/local/aws-wire.ts answerJson': [jsons(BODY, (text) => () => answerJson('A.Put', text, api))],
  'lib/local/aws-wire.ts answerQuery': [
    texts(BODY / 2, (text) => {
      const it = form(text)
      return () => answerQuery(it, api, 'i')
    }),
    {
      cap: BODY / 2,
      families: {
        'deep names': (length) => `${'a.'.repeat(length / 2)}a=1`,
        'many items': (length) => Array.from({ length: length / 20 }, (_, at) => `A.member.${at}.B=1`).join('&'),
        'many names': (length) => Array.from({ length: length / 10 }, (_, at) => `a${at}=1`).join('&'),
      },
      prepare: (text) => {
        const it = form(text)
        return () => answerQuery(it, api, 'i')
      },
    },
  ],
  'lib/local/bus.ts putEvents': [
    jsons(TEXT, (text) => {
      const it = parseLocalJson(
        JSON.stringify({ Entries: [{ Source: 'aws.cloudwatch', DetailType: 't', Detail: text }] }),
        'b',
      )
      return () => putEvents(it, bus)
    }),
  ],
  'lib/local/duration.ts parseDuration': [texts(HEADERS, (text) => () => parseDuration(`P${text}`))],
  'lib/local/sqs-message.ts attributesJson': [
    texts(TEXT, (text) => {
      const it = parseLocalJson(JSON.stringify({ [text]: { DataType: text, StringValue: text } }), 'b')
      return () => attributesJson(it)
    }),
  ],
}
