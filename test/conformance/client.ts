// Opens the account that the conformance tests talk to: a Tocsin of their own, or with AWS=1 the real service.
import { SSMContactsClient } from '@aws-sdk/client-ssm-contacts'
import {
  CreateReplicationSetCommand,
  DeleteReplicationSetCommand,
  ListReplicationSetsCommand,
  SSMIncidentsClient,
  waitUntilWaitForReplicationSetActive,
} from '@aws-sdk/client-ssm-incidents'
import { startSystem, type System } from '../../lib/local/system.ts'
import { onlyDeclared } from './declared.ts'

/** Whether the tests run against the real service, with the credentials and the region that the SDK finds. */
export const onAws = process.env['AWS'] === '1'

export interface Account {
  readonly incidents: SSMIncidentsClient
  readonly contacts: SSMContactsClient
  /** What the local channels have sent, newest first; nobody can read it on AWS. */
  readonly messages: () => ReturnType<System['messages']>
  /** Says what `close` has to remove again; the last comes first. */
  readonly afterwards: (remove: () => Promise<unknown>) => void
  readonly close: () => Promise<void>
}

/** An account with an ACTIVE replication set: one that it has, or one that goes again with everything in it. */
export async function connect(): Promise<Account> {
  const account = await connectWithoutSet()
  const { incidents } = account
  const { replicationSetArns = [] } = await incidents.send(new ListReplicationSetsCommand({}))
  if (replicationSetArns.length) return account
  const region = await incidents.config.region()
  const { arn } = await incidents.send(new CreateReplicationSetCommand({ regions: { [region]: {} } }))
  account.afterwards(() => incidents.send(new DeleteReplicationSetCommand({ arn })))
  await waitUntilWaitForReplicationSetActive({ client: incidents, maxWaitTime: 600 }, { arn })
  return account
}

/** The account as it is: locally an empty one. */
export async function connectWithoutSet(): Promise<Account> {
  const system = onAws ? undefined : await startLocally()
  const settings = system && {
    endpoint: system.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }
  const incidents = new SSMIncidentsClient(settings ?? {})
  const contacts = new SSMContactsClient(settings ?? {})
  if (!onAws) {
    incidents.middlewareStack.add(onlyDeclared('ssm-incidents'), { step: 'initialize' })
    contacts.middlewareStack.add(onlyDeclared('ssm-contacts'), { step: 'initialize' })
  }
  const removals: (() => Promise<unknown>)[] = []
  return {
    incidents,
    contacts,
    messages: async () => (system ? system.messages() : []),
    afterwards: (remove) => void removals.push(remove),
    async close() {
      const failures: unknown[] = []
      // One that fails keeps no other from being removed. What a test has removed itself is gone already.
      for (const remove of removals.splice(0).toReversed())
        await remove().catch((error: unknown) => {
          if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') failures.push(error)
        })
      incidents.destroy()
      contacts.destroy()
      await system?.close()
      if (failures.length) throw new AggregateError(failures, 'Something could not be removed again')
    },
  }
}

const startLocally = (): Promise<System> =>
  startSystem({ port: 0, data: ':memory:', clock: 'real', seed: false, rules: 'rules.yml', region: 'us-east-1' })

let names = 0
const run = Math.random().toString(36).slice(2, 8)
/** A name that nothing else has, good for plans, aliases and tokens. */
export const newName = (what: string): string => `conformance-${what}-${run}-${++names}`
