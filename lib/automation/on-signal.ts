// A signal's way through the automation: which rule, which episode, what follows, and doing it.
import type { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import { subjectOf } from './decide/change.ts'
import { asksForStatus, decideSignal } from './decide/decide-signal.ts'
import { dedupeKeyOf } from './decide/opening.ts'
import { askIncident } from './execute/ask-incidents.ts'
import { matchRules } from './rules/match-rules.ts'
import type { Rules } from './rules/rules.ts'
import type { Signal } from './sources/signal.ts'
import { locate } from './state/locate.ts'
import { type Desk, work } from './state/work.ts'

export async function onSignal(desk: Desk, incidents: SSMIncidentsClient, rules: Rules, signal: Signal): Promise<void> {
  const match = matchRules(rules, signal.envelope)
  const subject = subjectOf(signal)
  // An alarm that the rules have come to ignore still closes the incident that it opened before.
  const rule = match.kind === 'rule' ? match.rule : rules.otherwise
  const key = match.kind === 'rule' ? dedupeKeyOf(rule, signal) : subject
  await work(
    desk,
    key,
    () => locate(desk.episodes, subject, key),
    async (episode) => {
      if (match.kind === 'ignore' && !episode.incident) {
        desk.logger.info('Ignored by rule', { rule: match.id, reason: match.reason, subject })
        return undefined
      }
      const now = desk.clock.now()
      const arn = episode.incident?.arn
      const status = arn && asksForStatus(episode, signal, now) ? (await askIncident(incidents, arn)).status : undefined
      const decision = decideSignal(episode, signal, rule, status, now)
      for (const warning of decision?.warnings ?? []) desk.logger.warn(warning, { subject })
      return decision?.episode
    },
  )
}
