// What a request is refused with: the exception of its API, with the API's own member names.
import type { Logger } from '@aws-lambda-powertools/logger'
import { ItemTooLarge } from '../../aws/table/table.ts'
import {
  Conflict,
  QuotaExceeded,
  ResourceNotFound,
  ServiceError,
  SignatureRefused,
  Throttled,
  ValidationFailed,
} from '../errors.ts'
import type { Model } from '../model/model.ts'
import { ProtocolError } from './protocol-error.ts'
import { writeStructure } from './write.ts'

export interface Refusal {
  readonly name: string
  readonly status: number
  readonly members: object
}

/**
 * Turns whatever went wrong into an exception that the API's clients know. What nobody foresaw becomes an
 * InternalServerException that says no more than the request's id; its details go to the log.
 */
export function refusalOf(model: Model, error: unknown, requestId: string, logger: Logger): Refusal {
  if (error instanceof ProtocolError)
    return { name: error.name, status: error.status, members: NAMED[model.service]({ message: error.message }) }
  if (error instanceof SignatureRefused)
    return { name: error.name, status: UNSIGNED_STATUS[model.service], members: { message: error.message } }
  if (error instanceof ServiceError) return modelled(model, error.name, factsOf(model, error))
  if (error instanceof ItemTooLarge) return modelled(model, 'ValidationException', factsOf(model, TOO_LARGE))
  logger.error('A request failed unexpectedly', {
    requestId,
    error: error instanceof Error ? error : new Error(String(error)),
  })
  return modelled(model, 'InternalServerException', { message: `Internal server error, request id ${requestId}` })
}

/** Every operation declares it; a table keeps no larger thing, whatever the model allows. */
const TOO_LARGE = new ValidationFailed('Invalid value provided - the resource would be larger than 400 KB')

/** What stands before AWS's services and checks signatures answers by the protocol, with its own `message` in both. */
const UNSIGNED_STATUS: Readonly<Record<Model['service'], number>> = { 'ssm-incidents': 403, 'ssm-contacts': 400 }

interface Facts {
  readonly message: string
  readonly resourceId?: string
  readonly resourceType?: string
  readonly retryAfter?: Date
  readonly quotaCode?: string
  readonly retryAfterSeconds?: number
  readonly serviceCode?: string
  readonly reason?: string
  readonly fields?: readonly object[]
  readonly dependents?: readonly object[]
}

function factsOf({ service }: Model, error: ServiceError): Facts {
  const { message } = error
  if (error instanceof ResourceNotFound) return { message, ...resource(error.resource) }
  if (error instanceof Conflict)
    return {
      message,
      ...resource(error.resource),
      retryAfter: error.retryAfter,
      dependents: error.dependents.length ? dependentsOf(error) : undefined,
    }
  if (error instanceof QuotaExceeded)
    return { message, quotaCode: error.quotaCode, serviceCode: service, ...resource(error.resource) }
  if (error instanceof Throttled) {
    const { quotaCode, retryAfterSeconds } = error
    return { message, quotaCode, retryAfterSeconds, serviceCode: service }
  }
  if (error instanceof ValidationFailed)
    return {
      message,
      reason: error.reason,
      fields: error.fields.length
        ? error.fields.map(({ name, message }) => ({ Name: name, Message: message }))
        : undefined,
    }
  return { message }
}

const dependentsOf = ({ dependents }: Conflict): object[] =>
  [...Map.groupBy(dependents, ({ type }) => type)].map(([RelationType, group]) => ({
    RelationType,
    DependentResourceIds: group.map(({ id }) => id),
  }))

const resource = (of: { id: string; type: string } | undefined): Pick<Facts, 'resourceId' | 'resourceType'> => ({
  resourceId: of?.id,
  resourceType: of?.type,
})

/** The exception of that name; facts for which it has no member are left out. */
const modelled = (model: Model, name: string, facts: Facts): Refusal => ({
  name,
  status: model.exceptions[name] ?? 500,
  members: writeStructure(model, name, NAMED[model.service](facts)),
})

/** The facts of an exception by each API's names for them. */
const NAMED: Readonly<Record<Model['service'], (facts: Facts) => object>> = {
  'ssm-incidents': ({ resourceId: resourceIdentifier, ...facts }) => ({ ...facts, resourceIdentifier }),
  'ssm-contacts': (facts) => ({
    Message: facts.message,
    ResourceId: facts.resourceId,
    ResourceType: facts.resourceType,
    QuotaCode: facts.quotaCode,
    RetryAfterSeconds: facts.retryAfterSeconds,
    ServiceCode: facts.serviceCode,
    Reason: facts.reason,
    Fields: facts.fields,
    DependentEntities: facts.dependents,
  }),
}
