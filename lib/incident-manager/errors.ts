// What an operation may refuse with. The protocol turns each into the exception and the member names of its API.

export abstract class ServiceError extends Error {}

export interface Resource {
  /** As the API names kinds: RESPONSE_PLAN, INCIDENT_RECORD, ... of incidents; CONTACT, CONTACT_CHANNEL, ... of contacts. */
  readonly type: string
  readonly id: string
}

export class ValidationFailed extends ServiceError {
  override readonly name = 'ValidationException'
  constructor(
    message: string,
    /** contacts only; FIELD_VALIDATION_FAILED where fields are named. */
    readonly reason: 'UNKNOWN_OPERATION' | 'CANNOT_PARSE' | 'FIELD_VALIDATION_FAILED' | 'OTHER' = 'OTHER',
    readonly fields: readonly { readonly name: string; readonly message: string }[] = [],
  ) {
    super(message)
  }
}

export class ResourceNotFound extends ServiceError {
  override readonly name = 'ResourceNotFoundException'
  constructor(
    message: string,
    readonly resource: Resource,
  ) {
    super(message)
  }
}

export class Conflict extends ServiceError {
  override readonly name = 'ConflictException'
  constructor(
    message: string,
    readonly resource: Resource,
    readonly retryAfter?: Date,
  ) {
    super(message)
  }
}

export class QuotaExceeded extends ServiceError {
  override readonly name = 'ServiceQuotaExceededException'
  constructor(
    message: string,
    readonly quotaCode: string,
    readonly resource?: Resource,
  ) {
    super(message)
  }
}

export class AccessDenied extends ServiceError {
  override readonly name = 'AccessDeniedException'
}

export class Throttled extends ServiceError {
  override readonly name = 'ThrottlingException'
  constructor(
    message: string,
    readonly quotaCode: string,
  ) {
    super(message)
  }
}
