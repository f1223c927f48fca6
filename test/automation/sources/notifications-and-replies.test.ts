import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseNotification } from '../../../lib/automation/sources/incident-notification.ts'
import { parseReply } from '../../../lib/automation/sources/reply.ts'
import { MalformedInput } from '../../../lib/automation/sources/signal.ts'
import { fixture, record, topicMessage } from './fixtures.ts'

const incidentArn = 'arn:aws:ssm-incidents::111122223333:incident-record/default/3ec0a1f7-4c54-4b3e-9d0a-6f1b2c3d4e5f'

const read = (message: unknown): unknown => parseNotification(record(topicMessage(message))).notification

describe("an incident's notification", () => {
  it.each([
    [
      'acknowledged',
      {
        kind: 'acknowledged',
        incidentArn,
        contactArn: 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/alice',
        engagementArn:
          'arn:aws:ssm-contacts:us-east-1:111122223333:engagement/alice/8c1f4a52-0d6b-4f5c-a7e9-2b3c4d5e6f70',
        at: new Date('2026-03-01T12:06:30Z'),
      },
    ],
    [
      'resolved',
      {
        kind: 'status',
        incidentArn,
        status: 'RESOLVED',
        modifiedBy: 'arn:aws:sts::111122223333:assumed-role/responder/alice',
        at: new Date('2026-03-01T12:45:00Z'),
      },
    ],
    [
      'related-item-added',
      {
        kind: 'related-item-added',
        incidentArn,
        title: 'How to roll back the checkout',
        modifiedBy: 'arn:aws:sts::111122223333:assumed-role/responder/alice',
        at: new Date('2026-03-01T12:15:00Z'),
      },
    ],
    ['custom-event', { kind: 'other', incidentArn, type: 'Custom Event' }],
  ])('events/notification/%s.json says what it should', (name, notification) => {
    expect(parseNotification(record(fixture(`notification/${name}.json`))).notification).toEqual(notification)
  })

  it('is named by its SNS message, so that a second delivery is the same one', () => {
    const { identity } = parseNotification(record(fixture('notification/resolved.json'), 'first'))
    expect(identity).toBe('notification/1a2b3c4d-0002-5000-8000-000000000013')
    expect(parseNotification(record(fixture('notification/resolved.json'), 'second')).identity).toBe(identity)
  })

  const update = (...modifiedAttributes: object[]): object => ({
    'detail-type': 'SSM Incident Record Update',
    resources: [incidentArn],
    detail: { modifiedAttributes },
  })

  it.each([
    [
      { 'detail-type': 'Note', resources: [incidentArn], detail: {} },
      { kind: 'other', type: 'Note', incidentArn },
    ],
    [{ 'detail-type': 'Something new' }, { kind: 'other', type: 'Something new', incidentArn: undefined }],
    [update({ attributeName: 'impact', newValue: '2' }), { kind: 'other', incidentArn }],
    [update({ attributeName: 'relatedItems', newValue: '{"itemToRemove":{}}' }), { kind: 'other', incidentArn }],
    [update({ attributeName: 'relatedItems', newValue: 'no JSON' }), { kind: 'other', incidentArn }],
    [
      update({ attributeName: 'impact', newValue: '2' }, { attributeName: 'status', newValue: 'OPEN' }),
      { kind: 'status', status: 'OPEN' },
    ],
  ])('%j is %j', (message, expected) => {
    expect(read(message)).toMatchObject(expected)
  })

  it('without a time of its own has that of SNS', () => {
    expect(read(update({ attributeName: 'status', newValue: 'RESOLVED' }))).toMatchObject({
      at: new Date('2026-03-01T12:00:00Z'),
    })
  })

  it.each([
    ['text', 'incident notification: Message is not JSON'],
    [{}, 'incident notification: detail-type is missing'],
    [{ ...update(), resources: [] }, 'incident notification: resources[0] is missing'],
    [
      { 'detail-type': 'SSM Contacts Page Acknowledgement for Incident', resources: [incidentArn], detail: {} },
      'detail.contactArn is missing',
    ],
  ])('%j is refused by name', (message, problem) => {
    expect(() => read(message)).toThrow(MalformedInput)
    expect(() => read(message)).toThrow(problem)
  })
})

const pageArn = 'arn:aws:ssm-contacts:us-east-1:111122223333:page/alice/1f6e2c3a-9b8d-4e7f-8a6b-5c4d3e2f1a0b'

const sms = (messageBody: string): object => ({ originationNumber: '+1', inboundMessageId: 'i', messageBody })

const email = (subject: string, content: string, more: { headers?: object[]; encoding?: string } = {}): object => ({
  mail: { messageId: 'm', commonHeaders: { from: ['"A, B" <B@Example.com>'], subject }, headers: more.headers ?? [] },
  content,
  receipt: { action: { encoding: more.encoding ?? 'UTF8' } },
})

describe('a reply', () => {
  it('by SMS has the sender and the code', () => {
    expect(parseReply(record(fixture('reply/sms.json')))).toEqual({
      channelType: 'SMS',
      from: '+12065550101',
      code: '482917',
      identity: 'sms/cae173d2-66b9-564c-8309-21f858e9fb17',
    })
  })

  it('by e-mail has the sender, the code and the page that its subject names', () => {
    expect(parseReply(record(fixture('reply/email.json')))).toEqual({
      channelType: 'EMAIL',
      from: 'alice@example.com',
      code: '482917',
      pageArn,
      identity: 'email/d6iitobk75ur44p8kdnnp7g2n800',
    })
  })

  it.each([
    ['482917', '482917'],
    ['Ack: 482917.', '482917'],
    ['call me at 2065550101, code 482917 or 111111', '482917'],
    ['x482917', undefined],
    ['4829170', undefined],
    ['on my way', undefined],
    ['', undefined],
  ])('%j has the code %j', (text, code) => {
    expect(parseReply(record(topicMessage(sms(text)))).code).toBe(code)
  })

  const head = 'Received: by 123456\r\nContent-Type: text/plain\r\n\r\n'
  const mixed = [
    'Content-Type: multipart/mixed;',
    ' boundary=outer',
    '',
    'preamble 999999',
    '--outer',
    'Content-Type: multipart/alternative; boundary="inner"',
    '',
    '--inner',
    'Content-Type: text/html',
    '',
    '<p>888888</p>',
    '--inner',
    'Content-Type: text/plain',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('yes 482917').toString('base64'),
    '--inner--',
    '--outer--',
    '777777',
  ]
  it.each([
    ['its subject', email('Re: page 482917', `${head}111111`), '482917'],
    ['its text', email('Re: page', `${head}Hi\r\n482917\r\n`), '482917'],
    ['no header', email('Re: page', `${head}Hi`), undefined],
    ['no quoted line', email('Re: page', `${head}> 111111\r\nsee below: 482917`), '482917'],
    [
      'nothing after the quoted mail begins',
      email('Re: page', `${head}Hi\r\n-----Original Message-----\r\n111111`),
      undefined,
    ],
    [
      'nothing after "On ... wrote:"',
      email('Re: page', `${head}Hi\nOn Sun, 1 Mar 2026, Tocsin wrote:\n111111`),
      undefined,
    ],
    [
      'not the ARN of its subject',
      email(`Re: [${pageArn.replace('alice', 'team-123456')}]`, `${head}482917`),
      '482917',
    ],
    ['the plain part of several', email('Re: page', mixed.join('\r\n')), '482917'],
    [
      'HTML where that is all',
      email('Re: page', 'Content-Type: text/html\n\n<p style="x:123456">ok <b>482917</b></p>'),
      '482917',
    ],
    [
      'not the quote of HTML',
      email('Re: page', 'Content-Type: text/html\n\nok<blockquote>482917</blockquote>'),
      undefined,
    ],
    ['quoted-printable', email('Re: page', 'Content-Transfer-Encoding: quoted-printable\n\n=34829=\n17 ok'), '482917'],
    [
      'base64 of SES',
      email('Re: page', Buffer.from(`${head}482917`).toString('base64'), { encoding: 'BASE64' }),
      '482917',
    ],
    ['nothing at all', email('', ''), undefined],
    [
      'not what a machine answers',
      email('Out of office: 482917', head, { headers: [{ name: 'Auto-Submitted', value: 'auto-replied' }] }),
      undefined,
    ],
  ])('by e-mail: the code is that of %s', (_, message, code) => {
    const reply = parseReply(record(topicMessage(message)))
    expect(reply).toMatchObject({ channelType: 'EMAIL', from: 'b@example.com' })
    expect(reply.code).toBe(code)
  })

  it.each([
    [{}, 'reply: originationNumber is missing'],
    [{ originationNumber: '+1' }, 'reply: inboundMessageId is missing'],
    [{ mail: {} }, 'reply: mail.commonHeaders is missing'],
    [
      { mail: { commonHeaders: { from: ['nobody'] }, messageId: 'm' } },
      'reply: mail.commonHeaders.from must hold an e-mail address',
    ],
  ])('%j is refused by name', (message, problem) => {
    expect(() => parseReply(record(topicMessage(message)))).toThrow(MalformedInput)
    expect(() => parseReply(record(topicMessage(message)))).toThrow(problem)
  })

  it('never fails otherwise, whatever an e-mail holds', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'Content-Type: multipart/mixed; boundary=a',
        '--a',
        '--a--',
        '',
        'Content-Type: text/html',
        '<b>',
        '> x',
        'On x wrote:',
      ),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(line), fc.string(), (lines, subject) => {
        expect(parseReply(record(topicMessage(email(subject, lines.join('\n')))))).toMatchObject({
          from: 'b@example.com',
        })
      }),
    )
  })
})
