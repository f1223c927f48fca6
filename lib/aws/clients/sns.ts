// The official client of @aws-sdk/client-sns, in a file of its own so that only functions that need it carry it.
import { SNSClient } from '@aws-sdk/client-sns'
import type { Runtime } from '../runtime.ts'
import { clientSettings } from './settings.ts'
import { watched } from './watched.ts'

export const snsClient = (runtime: Runtime): SNSClient =>
  watched(new SNSClient(clientSettings(runtime, 'SNS')), runtime)
