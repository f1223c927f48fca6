// What every AWS client here is made with. The endpoint is read as the SDK reads it (AWS_ENDPOINT_URL_<SERVICE>, then
// AWS_ENDPOINT_URL), but from the runtime's environment, so that several systems can live in one process.
import { region } from '../config.ts'
import type { Runtime } from '../runtime.ts'
import { automationKey } from '../secrets.ts'

export type Service =
  | 'SSM_INCIDENTS'
  | 'SSM_CONTACTS'
  | 'SNS'
  | 'DYNAMODB'
  | 'CLOUDWATCH'
  | 'SQS'
  | 'SECRETS_MANAGER'
  | 'SESV2'
  | 'SSM'
  | 'STS'

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/**
 * A call that hangs must not take the whole time of its function (30 seconds): the SDK's three attempts fit. Without
 * `throwOnRequestTimeout` newer clients only warn.
 */
const TIMEOUTS = { connectionTimeout: 3000, requestTimeout: 7000, throwOnRequestTimeout: true }

export interface ClientSettings {
  readonly region: string
  readonly requestHandler: typeof TIMEOUTS
  readonly endpoint?: string
  readonly credentials?: Credentials | (() => Promise<Credentials>)
}

export function clientSettings({ environment }: Pick<Runtime, 'environment'>, service: Service): ClientSettings {
  const endpoint = environment[`AWS_ENDPOINT_URL_${service}`] ?? environment['AWS_ENDPOINT_URL']
  const accessKeyId = environment['AWS_ACCESS_KEY_ID']
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY']
  const sessionToken = environment['AWS_SESSION_TOKEN']
  return {
    region: region(environment),
    requestHandler: TIMEOUTS,
    ...(endpoint ? { endpoint } : {}),
    ...(accessKeyId && secretAccessKey
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
      : {}),
  }
}

/**
 * Those of a client of the incident manager. A function that is given Tocsin's secret speaks to Tocsin's own, and signs
 * with the key that both sides derive from it; without, it is AWS's, which knows the function's role. On loopback any key
 * will do, and the ordinary one says who calls.
 */
export function incidentManagerSettings(
  runtime: Pick<Runtime, 'environment' | 'secret'>,
  service: 'SSM_INCIDENTS' | 'SSM_CONTACTS',
): ClientSettings {
  const { environment, secret } = runtime
  const settings = clientSettings(runtime, service)
  if (!environment['TOCSIN_SECRET_ARN'] || environment['TOCSIN_AUTH'] === 'loopback') return settings
  return { ...settings, credentials: async () => automationKey(await secret()) }
}
