// Requests as the official clients sign and send them, recorded by a server on loopback.
import { CreateContactCommand, ListContactsCommand } from '@aws-sdk/client-ssm-contacts'
import {
  DeleteReplicationSetCommand,
  GetReplicationSetCommand,
  StartIncidentCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ssm-incidents'
import type { HttpRequest } from '../../../lib/incident-manager/protocol/http.ts'
import { loopback, type Loopback } from './loopback.ts'

export const ACCESS_KEY = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' }
const PLAN = 'arn:aws:ssm-incidents::111122223333:response-plan/critical'
const SET = 'arn:aws:ssm-incidents::111122223333:replication-set/0123 +&=%'

/** What `run` sends to the loopback server, which answers `{}` to everything. */
export async function recorded(
  run: (server: Loopback) => Promise<unknown>,
  credentials = ACCESS_KEY,
): Promise<HttpRequest[]> {
  const requests: HttpRequest[] = []
  await using server = await loopback(async (request) => {
    requests.push(request)
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }
  }, credentials)
  await run(server)
  return requests
}

type Call = readonly [what: string, send: (server: Loopback) => Promise<unknown>]

export const INCIDENTS: readonly Call[] = [
  [
    'a body with characters of every kind',
    ({ incidents }) =>
      incidents.send(new StartIncidentCommand({ responsePlanArn: PLAN, title: 'Zahlung – 支払い 💥 "%2F" <&>' })),
  ],
  ['an ARN in the query', ({ incidents }) => incidents.send(new GetReplicationSetCommand({ arn: SET }))],
  ['a POST without a body', ({ incidents }) => incidents.send(new DeleteReplicationSetCommand({ arn: SET }))],
  [
    'an ARN in the path',
    ({ incidents }) => incidents.send(new TagResourceCommand({ resourceArn: PLAN, tags: { team: 'ä b' } })),
  ],
  [
    'an ARN in the path and a list in the query',
    ({ incidents }) =>
      incidents.send(
        new UntagResourceCommand({ resourceArn: PLAN, tagKeys: ['zone', 'a b', 'a+b', 'ü/*~(!)', 'zone'] }),
      ),
  ],
]

export const CONTACTS: readonly Call[] = [
  ['an empty object', ({ contacts }) => contacts.send(new ListContactsCommand({}))],
  [
    'a body with characters of every kind',
    ({ contacts }) =>
      contacts.send(
        new CreateContactCommand({ Alias: 'ann', DisplayName: 'Ännchen 💡', Type: 'PERSONAL', Plan: { Stages: [] } }),
      ),
  ],
]
