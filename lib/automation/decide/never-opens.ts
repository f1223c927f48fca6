// What never opens an incident, whatever the rules say: Tocsin's own words, and AWS Health's about somewhere else.
import { HEALTH_SOURCE, isBackup, regionOf } from '../sources/health-event.ts'
import type { Signal } from '../sources/signal.ts'
import type { Home } from './opening.ts'

/** What the incident manager tells of incidents would open one incident after the other. By name: `tocsin.orders` is a user's. */
const OWN = ['aws.ssm-incidents', 'tocsin']

/** Why nothing follows from it; undefined where something may. Never an alarm. */
export function neverOpens(signal: Signal, home: Home): string | undefined {
  if (signal.kind !== 'event') return undefined
  const { envelope } = signal
  if (OWN.includes(envelope.source)) return 'what is told of incidents opens none'
  if (envelope.source !== HEALTH_SOURCE || home.healthRegions === 'all') return undefined
  if (isBackup(envelope)) return 'a copy for the backup Region'
  const region = regionOf(envelope)
  return region && region !== 'global' && region !== home.region ? `about ${region}, not ${home.region}` : undefined
}
