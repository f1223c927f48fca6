// How an adapter says that a service did not take a message.
import type { Sent } from './delivery.ts'

/** The service's own words may hold the address: the name of its error is enough. Only what is `final` is not tried again. */
export const refusedBy = (service: string, error: unknown, final: boolean): Sent => ({
  sent: false,
  retry: !final,
  reason: `${service}: ${error instanceof Error ? error.name : 'unknown error'}`,
})
