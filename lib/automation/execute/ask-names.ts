// Whether the plans and contacts that the rules name exist, and the fallback plan, asked of the incident manager.
import { GetContactCommand, type SSMContactsClient } from '@aws-sdk/client-ssm-contacts'
import { GetResponsePlanCommand, type SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import { contactArn, parseArn, responsePlanArn } from '../../aws/arn.ts'
import type { Home } from '../decide/opening.ts'
import type { Rule, Rules } from '../rules/rules.ts'

interface Clients {
  readonly incidents: SSMIncidentsClient
  readonly contacts: SSMContactsClient
}

/** A rules file may name more; what is beyond is seen when it is used. */
const MOST_NAMES = 200

/** In words, with the rules that name them. What somebody may not ask about, or is kept in another Region, is not known to be missing. */
export async function missingNames({ incidents, contacts }: Clients, home: Home, rules: Rules): Promise<string[]> {
  const missing: string[] = []
  const everyone = [...rules.rules, rules.otherwise]
  const wording = (what: string, name: string, by: (rule: Rule) => boolean): string =>
    `the ${what} ${name} of ${everyone
      .filter(by)
      .map((rule) => placed(rules, rule))
      .slice(0, 3)
      .join(', ')}`
  const plans = new Set(everyone.map(({ open }) => open.plan))
  const isMissingPlan = (plan: string) =>
    isMissing(incidents.send(new GetResponsePlanCommand({ arn: responsePlanArn(home, plan) })))
  for (const plan of [...plans].slice(0, MOST_NAMES))
    if (await isMissingPlan(plan)) missing.push(wording('response plan', plan, ({ open }) => open.plan === plan))
  const { fallbackPlan } = home
  if (fallbackPlan !== undefined && !plans.has(fallbackPlan) && (await isMissingPlan(fallbackPlan)))
    missing.push(`the fallback plan ${fallbackPlan} (TOCSIN_FALLBACK_PLAN)`)
  const people = new Set(everyone.flatMap(engagedBy))
  for (const contact of [...people].slice(0, MOST_NAMES)) {
    const arn = contactArn(home, contact)
    if (parseArn(arn)?.region !== home.region) continue
    if (await isMissing(contacts.send(new GetContactCommand({ ContactId: arn }))))
      missing.push(wording('contact', contact, (rule) => engagedBy(rule).includes(contact)))
  }
  return missing
}

const engagedBy = ({ escalate }: Rule): readonly string[] => escalate.flatMap(({ engage }) => engage)

function placed({ places, otherwise }: Rules, { id }: Rule): string {
  const place = places?.[id]
  if (id === otherwise.id) return 'the defaults'
  return place === undefined ? `rule ${id}` : `rule ${id} (${place})`
}

async function isMissing(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked
    return false
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return true
    if (error instanceof Error && error.name === 'AccessDeniedException') return false
    throw error
  }
}
