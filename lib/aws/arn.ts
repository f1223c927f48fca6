// Amazon Resource Names: taken apart and put together in one place.

export interface Arn {
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly account: string
  readonly resource: string
}

/** The parts of an ARN, or undefined when it is none. The resource may hold colons. */
export function parseArn(text: string): Arn | undefined {
  const [scheme, partition, service, region, account, ...resource] = text.split(':')
  if (scheme !== 'arn' || !partition || !service || region === undefined || account === undefined || !resource.length)
    return undefined
  return { partition, service, region, account, resource: resource.join(':') }
}

export interface Place {
  readonly account: string
  readonly region: string
}

/** The partition that a region is in, by how the region is called. */
export function partitionOf(region: string): string {
  const [, partition = 'aws'] = PARTITIONS.find(([prefix]) => region.startsWith(prefix)) ?? []
  return partition
}

const PARTITIONS = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-iso-', 'aws-iso'],
  ['eusc-', 'aws-eusc'],
] as const

/** Incidents are global: their ARNs have no region (api-facts, ARNs). */
export const incidentsArn = (place: Place, resource: string): string =>
  `arn:aws:ssm-incidents::${place.account}:${resource}`

export const contactsArn = (place: Place, resource: string): string =>
  `arn:aws:ssm-contacts:${place.region}:${place.account}:${resource}`

/** A response plan by its name or its ARN; AWS prints both `response-plan/` and `responseplan/` (api-facts, ARNs). */
export function responsePlanArn(place: Place, nameOrArn: string): string {
  return nameOrArn.startsWith('arn:')
    ? nameOrArn.replace(':responseplan/', ':response-plan/')
    : incidentsArn(place, `response-plan/${nameOrArn}`)
}

/** A contact by its alias or its ARN. */
export const contactArn = (place: Place, aliasOrArn: string): string =>
  aliasOrArn.startsWith('arn:') ? aliasOrArn : contactsArn(place, `contact/${aliasOrArn}`)
