// One id in every log line about an incident, from the event that opens it to the page.
import { incidentIdFrom, sha256 } from '../../aws/token.ts'
import type { Episode } from '../decide/episode.ts'

/**
 * The id at the end of the incident's ARN; before there is one, the id that Tocsin's own incident manager will give it
 * (another one gives its own). Empty while nothing was opened.
 */
export function correlationOf({ key, number, incident, pending }: Episode): string {
  const arn = incident?.arn
  if (arn) return arn.slice(arn.lastIndexOf('/') + 1)
  const start = pending.find(({ type }) => type === 'start-incident')
  // The key's hash is the client token, of which the incident manager takes the hash in turn.
  return number ? incidentIdFrom(sha256(sha256(start?.key ?? `${key}/${number}/start`))) : ''
}
