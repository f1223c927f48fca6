// The protocol has refused input without its required members before an operation sees it; here the types learn of it.
import { MUST_NOT_BE_NULL, validationFailed } from '../../protocol/constraints.ts'

/** `value`, which the API requires; ValidationFailed as of the protocol when it is missing all the same. */
export function given<T>(value: T | undefined, member: string): T {
  if (value !== undefined) return value
  throw validationFailed([{ path: member, value: undefined, clause: MUST_NOT_BE_NULL }])
}
