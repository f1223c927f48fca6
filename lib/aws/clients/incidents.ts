// The official client of @aws-sdk/client-ssm-incidents, in a file of its own so that only functions that need it carry it.
import { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import type { Runtime } from '../runtime.ts'
import { clientSettings } from './settings.ts'

export function incidentsClient(runtime: Runtime): SSMIncidentsClient {
  const client = new SSMIncidentsClient(clientSettings(runtime, 'SSM_INCIDENTS'))
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
