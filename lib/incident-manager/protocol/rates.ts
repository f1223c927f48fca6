// The request rates of AWS's service, for whoever tests callers against throttling: off unless TOCSIN_THROTTLE says `aws`.
import type { Clock } from '../../aws/clock.ts'
import type { Environment } from '../../aws/config.ts'
import { Throttled } from '../errors.ts'
import type { Model } from '../model/model.ts'

/** Calls per second of an account (api-facts, Quotas). Others are documented for no operation: they are not limited. */
const RATES: Readonly<Record<Model['service'], Readonly<Record<string, number>>>> = {
  'ssm-incidents': { StartIncident: 5, CreateTimelineEvent: 10, GetTimelineEvent: 30, ListTimelineEvents: 30 },
  'ssm-contacts': {},
}

/** Throws Throttled where a call is one too many. */
export type RateLimits = (service: Model['service'], operation: string) => void

/** Token buckets, one for each operation, that hold a second's calls [inferred]; those of this process alone. */
export function rateLimits(environment: Environment, clock: Clock): RateLimits {
  if (environment['TOCSIN_THROTTLE'] !== 'aws') return () => {}
  const buckets = new Map<string, { readonly tokens: number; readonly at: Date }>()
  return (service, operation) => {
    const rate = RATES[service][operation]
    if (rate === undefined) return
    const at = clock.now()
    const last = buckets.get(operation) ?? { tokens: rate, at }
    const seconds = Math.max(0, (at.getTime() - last.at.getTime()) / 1000)
    const tokens = Math.min(rate, last.tokens + seconds * rate)
    buckets.set(operation, { tokens: tokens < 1 ? tokens : tokens - 1, at })
    if (tokens < 1) throw new Throttled('Rate exceeded', `${operation}PerSecond`, Math.ceil((1 - tokens) / rate))
  }
}
