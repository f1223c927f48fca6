// Whether the rules in force can be worked by: a file that is broken, a rule that is left out, a plan or contact that does not exist.
import { MINUTE_MS } from '../aws/instants.ts'
import { missingNames } from './execute/ask-names.ts'
import type { Sweep } from './on-sweep.ts'
import { brokenRules } from './rules/match-rules.ts'
import type { Rules } from './rules/rules.ts'
import type { NamesChecked } from './state/heartbeat.ts'
import { digestOf } from './state/rules-digest.ts'
import { clearTrouble, recordTrouble, type StandingTrouble } from './state/troubles.ts'

class BrokenRules extends Error {
  override readonly name = 'BrokenRules'
}

export const RULES_TROUBLE = 'rules'
/** It is recorded by every sweep while it lasts. */
const STANDS_FOR_SECONDS = 300

/**
 * Throws what is wrong with the rules, so that the log says it every time, and records it for the last resort. `standing`
 * are the troubles that sweeps before have left.
 */
export async function sayWhatIsWrong(
  { rules, table, desk }: Sweep,
  standing: readonly StandingTrouble[],
): Promise<void> {
  const wrong = whatIsWrong(rules)
  if (!wrong) {
    if (standing.some(({ id }) => id === RULES_TROUBLE)) await clearTrouble(table, RULES_TROUBLE)
    return
  }
  await recordTrouble(table, { id: RULES_TROUBLE, ...wrong, standsForSeconds: STANDS_FOR_SECONDS }, desk.clock.now())
  throw new BrokenRules(wrong.message)
}

function whatIsWrong(load: () => Rules): { readonly subject: string; readonly message: string } | undefined {
  let rules: Rules
  try {
    rules = load()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { subject: 'NO RULES: nothing can be opened', message }
  }
  const broken = brokenRules(rules).map(
    ({ what, place, problem }) => `${place === undefined ? '' : `${place}: `}${what} is left out: ${problem}`,
  )
  const messages = [
    ...(rules.problem === undefined ? [] : [`The last good rules are in force: ${rules.problem}`]),
    ...(broken.length === 0
      ? []
      : [`All other rules count. Compile rules.yml again, or deploy again:\n${broken.join('\n')}`]),
  ]
  if (messages.length === 0) return undefined
  const subject =
    broken.length === 0 ? 'RULES ARE BROKEN: the last good ones are in force' : 'RULES ARE LEFT OUT: they are broken'
  return { subject, message: messages.join('\n') }
}

/** Asks when the rules have changed, and once an hour; warns each time. Answers what to remember. Throws what the next sweep tries again. */
export async function checkNames(
  { rules, clients, home, desk }: Sweep,
  before: NamesChecked | undefined,
  now: Date,
): Promise<NamesChecked> {
  const digest = digestOf(rules())
  if (before?.rules === digest && now.getTime() - before.checkedAt.getTime() < 60 * MINUTE_MS) return before
  const missing = await missingNames(clients, home, rules())
  if (missing.length > 0)
    desk.logger.warn('What the rules or the fallback name does not exist: nobody is paged by it until it does', {
      missing,
    })
  return { rules: digest, checkedAt: now, missing }
}
