// What a person reads on the timeline, for each kind of event.
import { expect, test } from 'vitest'

const { sentenceOf } = await import(new URL('../../console/sentences.js', import.meta.url).href)

const CONTACT = 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/ana'
const ALARM = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:pay-latency'
const modifiedBy = 'arn:aws:iam::111122223333:user/ben'
const update = (attributeName: string, newValue: string) => ({
  modifiedBy,
  modifiedAttributes: [{ attributeName, newValue }],
})

test.each<[string, string, unknown, string]>([
  ['a trigger', 'SSM Incident Trigger', { createdIncident: true, triggerArn: ALARM }, 'Triggered by pay-latency'],
  [
    'a trigger again',
    'SSM Incident Trigger',
    { createdIncident: false, incidentSource: 'aws.cloudwatch' },
    'Triggered again by aws.cloudwatch',
  ],
  [
    'a start',
    'SSM Incident Start',
    { incidentTitle: 'Pay', contactsEngage: [{ contactArn: CONTACT }] },
    'Incident opened: Pay. Engages ana',
  ],
  ['a page', 'SSM Contacts Page for Incident', { contactArn: CONTACT }, 'Paged ana'],
  ['an acknowledgement', 'SSM Contacts Page Acknowledgement for Incident', { contactArn: CONTACT }, 'ana acknowledged'],
  ['resolved', 'SSM Incident Record Update', update('status', 'RESOLVED'), 'Resolved (by ben)'],
  ['another impact', 'SSM Incident Record Update', update('impact', '1'), 'Impact is now 1 (by ben)'],
  [
    'another chat channel',
    'SSM Incident Record Update',
    update('chatChannel', '{}'),
    'Chat channel is now {} (by ben)',
  ],
  [
    'a related item',
    'SSM Incident Record Update',
    update('relatedItems', '{"itemToAdd":{"title":"Runbook"}}'),
    'Related item added: Runbook (by ben)',
  ],
  ['a custom event', 'Custom Event', { message: 'The alarm is OK again', by: 'tocsin' }, 'The alarm is OK again'],
  ['a note', 'Note', 'Looking into it', 'Looking into it'],
  ['a custom event of any shape', 'Custom Event', { deploy: 'v1', by: 'ci' }, 'deploy: v1, by: ci'],
  ['an event without data', 'SSM Incident Record Update', null, 'SSM Incident Record Update'],
])('%s', (_, eventType, data, text) => {
  expect(sentenceOf({ eventType, eventData: JSON.stringify(data) }).text).toBe(text)
})

test('data that is no JSON is shown as it is', () => {
  expect(sentenceOf({ eventType: 'Note', eventData: '<b>hello' })).toEqual({ text: '<b>hello', raw: undefined })
})

test('what triggered the incident can be unfolded', () => {
  const rawData = '{"detail":{"alarmName":"pay"}}'
  const { raw } = sentenceOf({ eventType: 'SSM Incident Trigger', eventData: JSON.stringify({ rawData }) })
  expect(JSON.parse(raw)).toEqual({ detail: { alarmName: 'pay' } })
})
