// What leaves by AWS Systems Manager: runbooks, each started once.
import { type SSMClient, SSMServiceException, StartAutomationExecutionCommand } from '@aws-sdk/client-ssm'
import { ssmClient } from '../../aws/clients/ssm.ts'
import type { Runtime } from '../../aws/runtime.ts'
import type { Runbook, Started, StartRunbook } from './runbooks.ts'

/** Starts runbooks with the rights of the function itself; undefined unless TOCSIN_RUNBOOKS is `on`. */
export function ssmRunbooks(runtime: Runtime): StartRunbook | undefined {
  if (runtime.environment['TOCSIN_RUNBOOKS'] !== 'on') return undefined
  let once: SSMClient | undefined
  return (runbook) => start((once ??= ssmClient(runtime)), runbook)
}

async function start(ssm: SSMClient, { token, documentName, documentVersion, parameters }: Runbook): Promise<Started> {
  try {
    const { AutomationExecutionId: executionId } = await ssm.send(
      new StartAutomationExecutionCommand({
        DocumentName: documentName,
        ...(documentVersion ? { DocumentVersion: documentVersion } : {}),
        Parameters: Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, [...values]])),
        ClientToken: token,
      }),
    )
    return executionId
      ? { started: true, executionId }
      : { started: false, retry: true, reason: 'Systems Manager answered no execution id' }
  } catch (error) {
    const refused = error instanceof SSMServiceException && error.$fault === 'client' && !PASSING.has(error.name)
    return { started: false, retry: !refused, reason: error instanceof Error ? `${error.name}: ${error.message}` : '' }
  }
}

/** What may be otherwise a minute later, although the service counts it as the caller's fault. */
const PASSING = new Set([
  'AutomationExecutionLimitExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'ExpiredTokenException',
])
