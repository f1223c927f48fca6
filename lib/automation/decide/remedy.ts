// What a person can do about an incident that cannot be opened: which plan, in which rule, or which limit or right.
import type { Rule } from '../rules/rules.ts'
import type { Refusal, Trouble } from './episode.ts'

/** One sentence for each plan that was refused; what passes by itself needs nothing to be done. */
export function remediesFor(rule: Rule, trouble: Trouble | undefined): string[] {
  const { refusals = [] } = trouble ?? {}
  return refusals.map((refusal) => remedyFor(refusal, whereOf(rule, refusal)))
}

/** Where the plan is named: what stands in for the rule's own is no rule's. */
const whereOf = ({ id, open }: Rule, { plan }: Refusal): string => {
  if (plan !== open.plan) return 'the fallback plan (the parameter fallbackPlan; on one machine TOCSIN_FALLBACK_PLAN)'
  return id === 'default'
    ? 'defaults.plan in rules.yml, else the parameter plan'
    : `open.plan of the rule ${id} in rules.yml, else defaults.plan there or the parameter plan`
}

function remedyFor({ plan, because }: Refusal, where: string): string {
  const [error = ''] = because.split(':', 1)
  switch (error) {
    case 'ResourceNotFoundException':
      return because.includes('REPLICATION_SET')
        ? 'There is no replication set: create one (CreateReplicationSet).'
        : `There is no response plan ${plan}: create it, or correct its name where it is given: ${where}.`
    case 'ServiceQuotaExceededException':
      return `A quota of the response plan ${plan} is used up (AWS opens 200 incidents per plan and month): have it raised, or name another plan where it is given: ${where}.`
    case 'AccessDeniedException':
      return `The permission ssm-incidents:StartIncident for the response plan ${plan} is missing: allow it to the roles of open-incident and sweep, or name another plan where it is given: ${where}.`
    default:
      return `The response plan ${plan} is not taken as it is given (${where}): correct what the incident manager names.`
  }
}
