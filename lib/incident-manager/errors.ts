// What an operation may refuse with. The protocol turns each into the exception and the member names of its API.

export abstract class ServiceError extends Error {}

export interface Resource {
  /** As the API names kinds: RESPONSE_PLAN, INCIDENT_RECORD, ... of incidents; CONTACT, CONTACT_CHANNEL, ... of contacts. */
  readonly type: string
  readonly id: string
}

type ValidationReason = 'UNKNOWN_OPERATION' | 'CANNOT_PARSE' | 'FIELD_VALIDATION_FAILED' | 'OTHER'
interface InvalidField {
  readonly name: string
  readonly message: string
}

export class ValidationFailed extends ServiceError {
  override readonly name = 'ValidationException'
  /** contacts only; FIELD_VALIDATION_FAILED where fields are named. */
  readonly reason: ValidationReason
  readonly fields: readonly InvalidField[]

  constructor(message: string, reason: ValidationReason = 'OTHER', fields: readonly InvalidField[] = []) {
    super(message)
    this.reason = reason
    this.fields = fields
  }
}

export class ResourceNotFound extends ServiceError {
  override readonly name = 'ResourceNotFoundException'
  readonly resource: Resource

  constructor(message: string, resource: Resource) {
    super(message)
    this.resource = resource
  }
}

export class Conflict extends ServiceError {
  override readonly name = 'ConflictException'
  readonly resource: Resource
  readonly retryAfter: Date | undefined
  /** contacts only: what stands in the way. */
  readonly dependents: readonly Resource[]

  constructor(message: string, resource: Resource, retryAfter?: Date, dependents: readonly Resource[] = []) {
    super(message)
    this.resource = resource
    this.retryAfter = retryAfter
    this.dependents = dependents
  }
}

export class QuotaExceeded extends ServiceError {
  override readonly name = 'ServiceQuotaExceededException'
  readonly quotaCode: string
  readonly resource: Resource | undefined

  constructor(message: string, quotaCode: string, resource?: Resource) {
    super(message)
    this.quotaCode = quotaCode
    this.resource = resource
  }
}

export class AccessDenied extends ServiceError {
  override readonly name = 'AccessDeniedException'
}

type SignatureRefusal =
  | 'MissingAuthenticationTokenException'
  | 'IncompleteSignatureException'
  | 'UnrecognizedClientException'
  | 'InvalidSignatureException'

/** Nobody knows who calls. AWS's services share these exceptions: they are in no API's model. */
export class SignatureRefused extends ServiceError {
  override readonly name: SignatureRefusal

  constructor(name: SignatureRefusal, message: string) {
    super(message)
    this.name = name
  }
}

export class Throttled extends ServiceError {
  override readonly name = 'ThrottlingException'
  readonly quotaCode: string
  /** contacts only. */
  readonly retryAfterSeconds: number

  constructor(message: string, quotaCode: string, retryAfterSeconds = 1) {
    super(message)
    this.quotaCode = quotaCode
    this.retryAfterSeconds = retryAfterSeconds
  }
}
