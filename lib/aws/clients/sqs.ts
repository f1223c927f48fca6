// The official client of @aws-sdk/client-sqs, in a file of its own so that only functions that need it carry it.
import { SQSClient } from '@aws-sdk/client-sqs'
import type { Runtime } from '../runtime.ts'
import { clientSettings } from './settings.ts'
import { watched } from './watched.ts'

export const sqsClient = (runtime: Runtime): SQSClient =>
  watched(new SQSClient(clientSettings(runtime, 'SQS')), runtime)
