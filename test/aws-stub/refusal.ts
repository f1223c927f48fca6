// An error of AWS's services: its name, its HTTP status on ssm-incidents, and the members that AWS documents.

const STATUS: Readonly<Record<string, number>> = {
  ValidationException: 400,
  ServiceQuotaExceededException: 402,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  ConflictException: 409,
  ThrottlingException: 429,
  InternalServerException: 500,
}

export class Refusal extends Error {
  override readonly name: string
  readonly status: number
  readonly members: Readonly<Record<string, string>>

  constructor(name: string, message: string, members: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = name
    this.status = STATUS[name] ?? 400
    this.members = members
  }
}

export const throttled = (serviceCode: string): Refusal =>
  new Refusal('ThrottlingException', 'Rate exceeded', { serviceCode, quotaCode: 'L-00000000' })

export const quotaExceeded = (serviceCode: string, message: string): Refusal =>
  new Refusal('ServiceQuotaExceededException', message, { serviceCode, quotaCode: 'L-00000000' })

export const notFound = (resourceType: string, resourceIdentifier: string): Refusal =>
  new Refusal('ResourceNotFoundException', `${resourceType} ${resourceIdentifier} does not exist`, {
    resourceType,
    resourceIdentifier,
  })
