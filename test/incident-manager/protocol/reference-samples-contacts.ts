// The API reference's samples of the contacts API.
import { POLICY } from './account.ts'
import { AT, type Sample, type There } from './reference-samples.ts'

export function contactsSamples(there: There): Sample[] {
  const { person, channels, escalation, engagement, page, code, activationCode } = there
  const [email, sms] = channels
  const words = {
    Sender: 'cli',
    Subject: 'cli-test',
    Content: 'Testing engagements via CLI',
    PublicSubject: 'cli-test',
    PublicContent: 'Testing engagements va CLI',
  }
  const Plan = {
    Stages: channels.map((ContactChannelId) => ({
      DurationInMinutes: 5,
      Targets: [{ ChannelTargetInfo: { ContactChannelId, RetryIntervalInMinutes: 1 } }],
    })),
  }
  const channel = {
    ContactArn: person,
    ContactChannelArn: sms,
    Name: 'akuas sms-test',
    Type: 'SMS',
    DeliveryAddress: { SimpleAddress: '+15005550199' },
    ActivationStatus: 'ACTIVATED',
  }
  const contact = { ContactArn: person, Alias: 'akuam', DisplayName: 'Akua Mansa', Type: 'PERSONAL' }
  const sent = { PageArn: page, EngagementArn: engagement, ContactArn: person, Sender: 'cli', SentTime: AT }
  const sample = (operation: string, body: object, answer: object = {}): Sample => ({
    operation,
    line: `SSMContacts.${operation}`,
    body,
    status: 200,
    answer,
  })
  return [
    sample('AcceptPage', { PageId: page, AcceptType: 'READ', AcceptCode: code }),
    {
      ...sample('ActivateContactChannel', { ContactChannelId: sms, ActivationCode: activationCode }),
      after: ['DeactivateContactChannel', 'SendActivationCode'],
    },
    sample(
      'CreateContact',
      {
        Alias: 'akuum',
        DisplayName: 'Akua Mansa',
        Type: 'PERSONAL',
        Plan: { Stages: [] },
        IdempotencyToken: '5b03013e-6255-404c-a673-1aa1060969a7',
      },
      { ContactArn: person },
    ),
    sample(
      'CreateContactChannel',
      {
        ContactId: person,
        Name: 'akuas sms-test',
        Type: 'SMS',
        DeliveryAddress: { SimpleAddress: '+15005550199' },
        IdempotencyToken: '922b8f50-9bb9-4dd7-83cf-a4c2593dec60',
      },
      { ContactChannelArn: sms },
    ),
    sample('DeactivateContactChannel', { ContactChannelId: sms }),
    // The person is in a rotation here.
    sample('DeleteContact', { ContactId: escalation }),
    sample('DeleteContactChannel', { ContactChannelId: sms }),
    sample(
      'DescribeEngagement',
      { EngagementId: engagement },
      { ...words, ContactArn: escalation, EngagementArn: engagement, StartTime: AT },
    ),
    {
      ...sample('DescribePage', { PageId: page }, { ...words, ...sent, ReadTime: AT }),
      after: ['AcceptPage'],
      more: ['.DeliveryTime number'],
    },
    sample('GetContact', { ContactId: person }, { ...contact, Plan }),
    sample('GetContactChannel', { ContactChannelId: sms }, channel),
    sample('GetContactPolicy', { ContactArn: person }, { ContactArn: person, Policy: POLICY }),
    sample(
      'ListContactChannels',
      { ContactId: person },
      { ContactChannels: [{ ...channel, ContactChannelArn: email, Type: 'EMAIL' }, channel] },
    ),
    sample('ListContacts', {}, { Contacts: [contact, { ...contact, ContactArn: escalation, Type: 'ESCALATION' }] }),
    // Here one of the engagements is of an incident.
    {
      ...sample(
        'ListEngagements',
        {},
        { Engagements: [{ EngagementArn: engagement, ContactArn: escalation, Sender: 'cli', StartTime: AT }] },
      ),
      more: ['.Engagements[].IncidentId string'],
    },
    {
      ...sample(
        'ListPageReceipts',
        { PageId: page },
        {
          Receipts: [
            { ReceiptType: 'READ', ReceiptTime: AT },
            { ContactChannelArn: sms, ReceiptType: 'SENT', ReceiptTime: AT },
          ],
        },
      ),
      after: ['AcceptPage'],
      more: ['.Receipts[].ReceiptInfo string'],
    },
    {
      ...sample('ListPagesByContact', { ContactId: person }, { Pages: [sent] }),
      more: ['.Pages[].IncidentId string'],
    },
    {
      ...sample('ListPagesByEngagement', { EngagementId: engagement }, { Pages: [{ ...sent, ReadTime: AT }] }),
      after: ['AcceptPage'],
      more: ['.Pages[].DeliveryTime number'],
    },
    sample('ListTagsForResource', { ResourceARN: person }, { Tags: [{ Key: 'group1', Value: '1' }] }),
    sample('PutContactPolicy', { ContactArn: person, Policy: POLICY }),
    { ...sample('SendActivationCode', { ContactChannelId: sms }), after: ['DeactivateContactChannel'] },
    sample(
      'StartEngagement',
      { ContactId: escalation, ...words, IdempotencyToken: '23a2a9b9-f63b-49b1-80c6-b21df1df077f' },
      { EngagementArn: engagement },
    ),
    sample('StopEngagement', { EngagementId: engagement }),
    sample('TagResource', { ResourceARN: person, Tags: [{ Key: 'group1', Value: '1' }] }),
    sample('UntagResource', { ResourceARN: person, TagKeys: ['group1'] }),
    sample('UpdateContact', { ContactId: person, Plan }),
    sample('UpdateContactChannel', {
      ContactChannelId: sms,
      Name: 'akuas voice channel',
      DeliveryAddress: { SimpleAddress: '+15005550198' },
    }),
  ]
}
