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

/** Where this function runs, the plan that stands in for one that is refused, and whose Health events count. */
export const home = (
  environment: Environment,
): Place & { readonly fallbackPlan?: string; readonly healthRegions?: 'own' | 'all' } => {
  const fallbackPlan = environment['TOCSIN_FALLBACK_PLAN']
  const healthRegions = environment['TOCSIN_HEALTH_REGIONS'] === 'all' ? 'all' : 'own'
  return { ...place(environment), ...(fallbackPlan ? { fallbackPlan } : {}), healthRegions }
}

/** What becomes of open incidents that a person or another program declared (README, Declared incidents). */
export type Declared = 'adopt' | 'report'
const DECLARED: readonly [Declared, Declared] = ['adopt', 'report']

/** As serverless.yml passes it: `adopt` looks after all of them, `report` after those whose plan the rules name. */
export const declared = (environment: Environment): Declared => oneOf(environment, 'TOCSIN_DECLARED', DECLARED)

function oneOf<T extends string>(environment: Environment, name: string, choices: readonly [T, ...T[]]): T {
  const value = environment[name]
  const choice = value ? choices.find((known) => known === value) : choices[0]
  if (choice === undefined) throw new Error(`${name} must be ${choices.join(' or ')}, but is ${value}`)
  return choice
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
  /** Where the public side listens; none, left out. */
  readonly publicPort?: number
  /** Under which origin it is reached, without a slash at its end: that of the reverse proxy in front of it. */
  readonly publicUrl?: string
  /** Whose request rates the incident manager has. */
  readonly throttle: 'off' | 'aws'
  readonly declared: Declared
  readonly region: string
  /** How the functions' log is shown: `auto` is text on a terminal, and JSON everywhere else. */
  readonly log: 'auto' | 'json' | 'text'
}

/** The settings of `npm start`; throws when one has a value that it cannot have, naming it. */
export function localSettings(environment: Environment): LocalSettings {
  const fallbackPlan = environment['TOCSIN_FALLBACK_PLAN']
  const port = portOf(environment, 'PORT') ?? 4600
  return {
    port,
    ...publicSide(environment, port),
    data: environment['TOCSIN_DATA'] || '.tocsin',
    clock: oneOf(environment, 'TOCSIN_CLOCK', ['real', 'simulated']),
    seed: oneOf(environment, 'TOCSIN_SEED', ['on', 'off']) === 'on',
    rules: environment['TOCSIN_RULES'] || 'rules.yml',
    ...(fallbackPlan === undefined ? {} : { fallbackPlan }),
    auth: oneOf(environment, 'TOCSIN_AUTH', ['loopback', 'sigv4']),
    throttle: oneOf(environment, 'TOCSIN_THROTTLE', ['off', 'aws']),
    declared: declared(environment),
    region: region(environment),
    log: oneOf(environment, 'TOCSIN_LOG', ['auto', 'json', 'text']),
  }
}

function portOf(environment: Environment, name: string): number | undefined {
  const port = environment[name]
  if (!port) return undefined
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error(`${name} must be a port number, but is ${port}`)
  return Number(port)
}

function publicSide(environment: Environment, port: number): Pick<LocalSettings, 'publicPort' | 'publicUrl'> {
  const publicPort = portOf(environment, 'TOCSIN_PUBLIC_PORT')
  const publicUrl = environment['TOCSIN_PUBLIC_URL']?.replace(/\/$/, '')
  if (publicPort !== undefined && publicPort === port && port !== 0)
    throw new Error(`TOCSIN_PUBLIC_PORT must be another port than PORT, but both are ${port}`)
  if (publicUrl && publicPort === undefined)
    throw new Error(
      'TOCSIN_PUBLIC_URL says how the public side is reached: TOCSIN_PUBLIC_PORT must say where it listens',
    )
  // Signatures are of the whole path, and the page's own links begin at the root.
  if (publicUrl && !(URL.canParse(publicUrl) && /^https?:\/\/[^/?#@]+$/i.test(publicUrl)))
    throw new Error(`TOCSIN_PUBLIC_URL must be like https://tocsin.example.com, without a path, but is ${publicUrl}`)
  return { ...(publicPort === undefined ? {} : { publicPort }), ...(publicUrl ? { publicUrl } : {}) }
}
