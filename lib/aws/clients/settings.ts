// What every AWS client here is made with. The endpoint is read as the SDK reads it (AWS_ENDPOINT_URL_<SERVICE>, then
// AWS_ENDPOINT_URL), but from the runtime's environment, so that several systems can live in one process.
import { region } from '../config.ts'
import type { Runtime } from '../runtime.ts'

export type Service = 'SSM_INCIDENTS' | 'SSM_CONTACTS' | 'SNS' | 'DYNAMODB'

export interface ClientSettings {
  readonly region: string
  readonly endpoint?: string
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
}

export function clientSettings({ environment }: Pick<Runtime, 'environment'>, service: Service): ClientSettings {
  const endpoint = environment[`AWS_ENDPOINT_URL_${service}`] ?? environment['AWS_ENDPOINT_URL']
  const accessKeyId = environment['AWS_ACCESS_KEY_ID']
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY']
  const sessionToken = environment['AWS_SESSION_TOKEN']
  return {
    region: region(environment),
    ...(endpoint ? { endpoint } : {}),
    ...(accessKeyId && secretAccessKey
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
      : {}),
  }
}
