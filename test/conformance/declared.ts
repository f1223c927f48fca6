// Sees to it that no call answers an error which the model of its operation does not declare, but for known differences.
import { readFileSync } from 'node:fs'

/** Listed in docs/differences-from-aws.md. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  CreateRotationCommand: 'ConflictException',
  CreateRotationOverrideCommand: 'ConflictException',
  StartEngagementCommand: 'ConflictException',
  UpdateDeletionProtectionCommand: 'ConflictException',
}

/** The exceptions that the official client documents for a command: those that the model declares. */
function declaredBy(service: string, command: string): Set<string> {
  const types = new URL(
    `../../node_modules/@aws-sdk/client-${service}/dist-types/commands/${command}.d.ts`,
    import.meta.url,
  )
  return new Set(
    [...readFileSync(types, 'utf8').matchAll(/@throws \{@link (\w+Exception)\}/gu)].map(([, name = '']) => name),
  )
}

/** What the protocols and the signatures refuse is of no operation: no model declares it. */
const OF_AN_API = [
  'AccessDenied',
  'Conflict',
  'InternalServer',
  'ResourceNotFound',
  'ServiceQuotaExceeded',
  'Throttling',
  'Validation',
].map((name) => `${name}Exception`)

interface Handled {
  readonly commandName?: string | undefined
}

/** A middleware of a client: in place of an error that is not declared it throws one that no test expects. */
export const onlyDeclared =
  (service: 'ssm-incidents' | 'ssm-contacts') =>
  <Input, Output>(next: (args: Input) => Promise<Output>, { commandName = '' }: Handled) =>
  async (args: Input): Promise<Output> => {
    try {
      return await next(args)
    } catch (error) {
      const name = error instanceof Error ? error.name : ''
      const known = !OF_AN_API.includes(name) || DIFFERENCES[commandName] === name
      if (known || declaredBy(service, commandName).has(name)) throw error
      throw new Error(`${commandName} answered ${name}, which its model does not declare`, { cause: error })
    }
  }
