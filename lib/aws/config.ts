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
export const place = (environment: Environment): Place => ({
  account: accountId(environment),
  region: region(environment),
})

/** Where this function runs, and the plan that stands in for one that is refused. */
export const home = (environment: Environment): Place & { readonly fallbackPlan?: string } => {
  const fallbackPlan = environment['TOCSIN_FALLBACK_PLAN']
  return { ...place(environment), ...(fallbackPlan ? { fallbackPlan } : {}) }
}

/** How one machine runs the whole of it (README, Settings). */
export interface LocalSettings {
  readonly port: number
  /** A folder, or `:memory:`. */
  readonly data: string
  readonly clock: 'real' | 'simulated'
  readonly seed: boolean
  readonly rules: string
  /** The plan that opens what its own plan cannot; none where it is empty, the seed's where nothing is said. */
  readonly fallbackPlan?: string
  readonly auth: 'loopback' | 'sigv4'
  /** Whose request rates the incident manager has. */
  readonly throttle: 'off' | 'aws'
  readonly region: string
  /** How the functions' log is shown: `auto` is text on a terminal, and JSON everywhere else. */
  readonly log: 'auto' | 'json' | 'text'
}

/** The settings of `npm start`; throws when one has a value that it cannot have, naming it. */
export function localSettings(environment: Environment): LocalSettings {
  const oneOf = <T extends string>(name: string, choices: readonly [T, ...T[]]): T => {
    const value = environment[name]
    const choice = value ? choices.find((known) => known === value) : choices[0]
    if (choice === undefined) throw new Error(`${name} must be ${choices.join(' or ')}, but is ${value}`)
    return choice
  }
  const port = environment['PORT'] || '4600'
  const fallbackPlan = environment['TOCSIN_FALLBACK_PLAN']
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error(`PORT must be a port number, but is ${port}`)
  return {
    port: Number(port),
    data: environment['TOCSIN_DATA'] || '.tocsin',
    clock: oneOf('TOCSIN_CLOCK', ['real', 'simulated']),
    seed: oneOf('TOCSIN_SEED', ['on', 'off']) === 'on',
    rules: environment['TOCSIN_RULES'] || 'rules.yml',
    ...(fallbackPlan === undefined ? {} : { fallbackPlan }),
    auth: oneOf('TOCSIN_AUTH', ['loopback', 'sigv4']),
    throttle: oneOf('TOCSIN_THROTTLE', ['off', 'aws']),
    region: region(environment),
    log: oneOf('TOCSIN_LOG', ['auto', 'json', 'text']),
  }
}
