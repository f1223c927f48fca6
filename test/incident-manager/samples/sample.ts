// A sample request of the API reference on the wire, in an account that has what the samples speak of.
import { createContact } from '../../../lib/incident-manager/operations/contacts/create-contact.ts'
import { createResponsePlan } from '../../../lib/incident-manager/operations/incidents/create-response-plan.ts'
import { contactsOperations, incidentsOperations } from '../../../lib/incident-manager/operations/registry.ts'
import { replicationSetItem } from '../../../lib/incident-manager/store/replication-set.ts'
import { world } from '../incidents/world.ts'
import { serveContacts, serveIncidents } from '../protocol/loopback.ts'

export const SET = 'arn:aws:ssm-incidents::111122223333:replication-set/40bd98f0-4110-2dee-b35e-b87006f9e172'
export const PLAN = 'arn:aws:ssm-incidents::111122223333:response-plan/example-response'
export const CONTACT = 'arn:aws:ssm-contacts:us-east-1:111122223333:contact/akuam'

export interface Answer {
  readonly status: number
  readonly type: string | undefined
  readonly body: string
}

export interface Samples {
  /** A request of the incidents API as it stands in a sample: `POST /tags/...`, with its body. */
  readonly incidents: (line: string, body?: object) => Promise<Answer>
  /** A request of the contacts API, by its operation. */
  readonly contacts: (operation: string, body: object) => Promise<Answer>
}

/** The account of the samples: two Regions, the response plan and the contact. */
export async function samples(): Promise<Samples> {
  const { context, now } = world()
  const region = { sseKmsKeyId: 'DefaultKey', statusUpdateDateTime: now.toISOString() }
  const by = { createdTime: now, createdBy: context.caller, lastModifiedTime: now, lastModifiedBy: context.caller }
  await context.table.put(
    replicationSetItem({
      arn: SET,
      status: 'ACTIVE',
      regions: { 'us-east-1': region, 'us-east-2': region },
      deletionProtected: false,
      ...by,
      token: 'set',
      parameters: 'set',
    }),
  )
  await createResponsePlan({ name: 'example-response', incidentTemplate: { title: 'Example', impact: 5 } }, context)
  await createContact({ Alias: 'akuam', Type: 'PERSONAL', Plan: { Stages: [] } }, context)
  const incidents = serveIncidents(incidentsOperations, async () => context)
  const contacts = serveContacts(contactsOperations, async () => context)
  const bytes = (body: object | undefined) => new TextEncoder().encode(body ? JSON.stringify(body) : '')
  const answer = ({ status, headers, body }: Awaited<ReturnType<typeof incidents>>): Answer => ({
    status,
    type: headers['content-type'],
    body,
  })
  return {
    async incidents(line, body) {
      const [method = '', target = ''] = line.split(' ')
      const [path = '', query = ''] = target.split('?')
      const headers = body ? { 'content-type': 'application/json' } : {}
      return answer(await incidents({ method, path, query, headers, body: bytes(body) }))
    },
    async contacts(operation, body) {
      const headers = {
        'x-amz-target': `SSMContacts.${operation}`,
        'content-type': 'application/x-amz-json-1.1',
      }
      return answer(await contacts({ method: 'POST', path: '/', query: '', headers, body: bytes(body) }))
    },
  }
}
