// The official client of @aws-sdk/client-sns, in a file of its own so that only functions that need it carry it.
import { SNSClient } from '@aws-sdk/client-sns'
import type { Runtime } from '../runtime.ts'
import { clientSettings } from './settings.ts'

export function snsClient(runtime: Runtime): SNSClient {
  const client = new SNSClient(clientSettings(runtime, 'SNS'))
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
