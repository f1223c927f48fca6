// The protocol has refused input without its required members before an operation sees it; here the types learn of it.
import { ValidationFailed } from '../../errors.ts'

/** `value`, which the API requires; ValidationFailed in AWS's words when it is missing all the same. */
export function given<T>(value: T | undefined, member: string): T {
  if (value !== undefined) return value
  throw new ValidationFailed(
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  )
}
