// The runbook of an incident: started once, and related to it; what keeps it from starting is on the timeline, and the incident goes on.
import type { RelatedItem, SsmAutomation } from '@aws-sdk/client-ssm-incidents'
import { parseArn } from '../../../aws/arn.ts'
import { plusMinutes } from '../../../aws/instants.ts'
import { uuidOf } from '../../../aws/token.ts'
import type { Context } from '../../context.ts'
import type { Runbook } from '../../delivery/runbooks.ts'
import { updateIf } from '../../store/conditional.ts'
import { type Incident, readIncident } from '../../store/incidents.ts'
import { incidentKey, relatedItemsKey } from '../../store/keys.ts'
import { encode } from '../../store/stored.ts'
import { given } from './given.ts'
import { kept, MOST_RELATED_ITEMS } from './related-items.ts'
import { appendTimelineEvent } from './timeline.ts'

/** The parameter by which AWS's own Automation documents take the role that they work as. */
const ROLE_PARAMETER = 'AutomationAssumeRole'
const RETRY_MINUTES = 1
const GIVE_UP_MINUTES = 15

/** What a plan's action asks for, as it was when the incident began. */
export interface RunbookStep {
  readonly step: 'runbook'
  readonly action: SsmAutomation
  /** The ARNs of the resources that the incident began with. */
  readonly involved: readonly string[]
}

/** Does the step, again without starting anything twice. Answers when to try (again), if not now. */
export async function startRunbook(
  context: Context,
  { incidentId, arn }: Incident,
  { action, involved }: RunbookStep,
): Promise<Date | undefined> {
  const { clock, place, runbooks, table } = context
  const item = await table.get(incidentKey(incidentId))
  const incident = item && readIncident(item)
  if (!incident || incident.deletedTime) return undefined
  const fail = (reason: string): Promise<undefined> => tellFailure(context, incident, action, reason)
  const [execution] = incident.automationExecutions ?? []
  if (execution?.ssmExecutionArn) return relate(context, incident, action, execution.ssmExecutionArn)
  if (runbooks === undefined) return fail('Runbooks are switched off here: start the document by hand')
  if (runbooks === 'later') return clock.now()
  if (incident.status !== 'OPEN') return fail('The incident was over before the document could be started')
  const account = accountOf(action, incident)
  if (account !== undefined && account !== place.account)
    return fail(`Documents are started in account ${place.account} only, not in the impacted account ${account}`)
  const started = await runbooks(runbookOf(incident, action, involved))
  if (!started.started) {
    const givenUp = plusMinutes(incident.creationTime, GIVE_UP_MINUTES) <= clock.now()
    return started.retry && !givenUp ? plusMinutes(clock.now(), RETRY_MINUTES) : fail(started.reason)
  }
  const ssmExecutionArn = `arn:aws:ssm:${place.region}:${place.account}:automation-execution/${started.executionId}`
  const executions = { automationExecutions: encode([{ ssmExecutionArn }]) }
  const visible = { equals: { arn, deletedTime: undefined } }
  if (!(await updateIf(table, incidentKey(incidentId), { set: executions }, visible))) return undefined
  return relate(context, incident, action, ssmExecutionArn)
}

/** The impacted account is that of what triggered the incident [inferred]; undefined where there is none. */
const accountOf = ({ targetAccount }: SsmAutomation, { resourceArn }: Incident): string | undefined =>
  targetAccount === 'IMPACTED_ACCOUNT' ? parseArn(resourceArn ?? '')?.account || undefined : undefined

/**
 * The role is always passed on, so that no document ever works with the rights of Tocsin itself; a plan may name another
 * one among its parameters. A dynamic parameter without any value is left to the document's default.
 */
function runbookOf({ incidentId, arn }: Incident, action: SsmAutomation, involved: readonly string[]): Runbook {
  const dynamic = Object.entries(action.dynamicParameters ?? {}).map(
    ([name, { variable }]) => [name, variable === 'INCIDENT_RECORD_ARN' ? [arn] : involved] as const,
  )
  return {
    token: uuidOf(`runbook ${incidentId}`),
    documentName: given(action.documentName, 'documentName'),
    documentVersion: action.documentVersion,
    parameters: {
      [ROLE_PARAMETER]: [given(action.roleArn, 'roleArn')],
      ...action.parameters,
      ...Object.fromEntries(dynamic.filter(([, values]) => values.length)),
    },
  }
}

/** As a related item, once: what has been removed since is not added again. */
async function relate(
  { table }: Context,
  { incidentId, creationTime }: Incident,
  { documentName }: SsmAutomation,
  arn: string,
): Promise<undefined> {
  const item: RelatedItem = { identifier: { type: 'AUTOMATION', value: { arn } }, title: documentName }
  const [attribute, value] = kept(item, creationTime, MOST_RELATED_ITEMS)
  const set = { [attribute]: value, runbook: true }
  await updateIf(table, relatedItemsKey(incidentId), { set }, { equals: { incidentId, runbook: undefined } })
}

async function tellFailure(
  context: Context,
  incident: Incident,
  { documentName, documentVersion }: SsmAutomation,
  failureReason: string,
): Promise<undefined> {
  await appendTimelineEvent(
    context,
    incident.arn,
    {
      type: 'SSM Automation Execution Start Failure for Incident',
      time: context.clock.now(),
      key: 'runbook',
      data: { ssmDocumentName: documentName, ssmDocumentVersion: documentVersion, failureReason },
    },
    incident,
  )
}
