// The environment of a function, read in one place: a missing variable is named, with who should have set it.

import type { Place } from './arn.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The environment of this process; everything else takes it as an argument. */
export const processEnvironment = (): Environment => process.env

/** A variable that serverless.yml must have set. */
export function required(environment: Environment, name: string): string {
  const value = environment[name]
  if (value === undefined || value === '')
    throw new Error(
      `The environment variable ${name} is not set: serverless.yml gives it to each function that needs it`,
    )
  return value
}

export const region = (environment: Environment): string => environment['AWS_REGION'] ?? 'us-east-1'

/** The account in which everything lives, as serverless.yml passes it. */
export const accountId = (environment: Environment): string => required(environment, 'TOCSIN_ACCOUNT_ID')

/** Where this function runs: the account and region of every ARN it makes. */
export const place = (environment: Environment): Place => ({ account: accountId(environment), region: region(environment) })
