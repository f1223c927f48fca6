// The one call of STS that tools make before any other, GetCallerIdentity, over the query protocol: who the other APIs take the caller for.
import type { Environment } from '../aws/config.ts'
import type { Place } from '../aws/arn.ts'
import { systemClock } from '../aws/clock.ts'
import { ServiceError } from '../incident-manager/errors.ts'
import { callerOf, claimedId } from '../incident-manager/protocol/caller.ts'
import type { HttpRequest } from '../incident-manager/protocol/http.ts'
import { keyRing } from '../incident-manager/protocol/key-ring.ts'
import type { KeyStore } from '../incident-manager/store/access-keys.ts'
import { type AwsApi, Refused } from './aws-wire.ts'

/** What answers a request; where there is no incident manager of its own, no key was issued. */
export type Sts = (request: HttpRequest) => AwsApi

export function sts(place: Place, auth: 'loopback' | 'sigv4', store: KeyStore | undefined): Sts {
  const environment: Environment = { TOCSIN_AUTH: store ? auth : 'loopback' }
  const keys = store ? keyRing(store, systemClock) : () => Promise.resolve(undefined)
  return (request) => ({
    operations: {
      async GetCallerIdentity() {
        try {
          const { arn } = await callerOf(request, { environment, place, service: 'sts', keys })
          return { Arn: arn, UserId: claimedId(request) ?? place.account, Account: place.account }
        } catch (error) {
          if (error instanceof ServiceError)
            throw new Refused(QUERY_CODES[error.name] ?? error.name, error.message, 403)
          throw error
        }
      },
    },
    query: {
      namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
      items: () => undefined,
      lists: {},
      maps: [],
    },
  })
}

/** As the query protocol has what JSON protocols call otherwise ("Common errors", STS API reference). */
const QUERY_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  IncompleteSignatureException: 'IncompleteSignature',
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
}
