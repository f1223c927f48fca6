// Every client's calls go through the runtime's `onCall`, so that a test can count them and break them.
import type { Runtime } from '../runtime.ts'

/** As much of a client of the AWS SDK as this needs. */
interface Client {
  readonly middlewareStack: {
    add(
      middleware: <Call, Answer>(
        next: (call: Call) => Promise<Answer>,
        context: { commandName?: string },
      ) => (call: Call) => Promise<Answer>,
      options: { step: 'initialize' },
    ): void
  }
}

/** The same client. */
export function watched<C extends Client>(client: C, { onCall }: Pick<Runtime, 'onCall'>): C {
  if (onCall)
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        (call) =>
          onCall(commandName, () => next(call)),
      { step: 'initialize' },
    )
  return client
}
