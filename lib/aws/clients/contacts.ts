// The official client of @aws-sdk/client-ssm-contacts, in a file of its own so that only functions that need it carry it.
import { SSMContactsClient } from '@aws-sdk/client-ssm-contacts'
import type { Runtime } from '../runtime.ts'
import { clientSettings } from './settings.ts'

export function contactsClient(runtime: Runtime): SSMContactsClient {
  const client = new SSMContactsClient(clientSettings(runtime, 'SSM_CONTACTS'))
  const { onCall } = runtime
  if (onCall)
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        (call) =>
          onCall(commandName, () => next(call)),
      {
        step: 'initialize',
      },
    )
  return client
}
