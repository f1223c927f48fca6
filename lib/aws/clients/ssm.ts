// The official client of @aws-sdk/client-ssm, in a file of its own so that only functions that need it carry it.
import { SSMClient } from '@aws-sdk/client-ssm'
import type { Runtime } from '../runtime.ts'
import { clientSettings } from './settings.ts'
import { watched } from './watched.ts'

export const ssmClient = (runtime: Runtime): SSMClient =>
  watched(new SSMClient(clientSettings(runtime, 'SSM')), runtime)
