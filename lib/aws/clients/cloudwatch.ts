// The official client of @aws-sdk/client-cloudwatch, in a file of its own so that only functions that need it carry it.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Runtime } from '../runtime.ts'
import { clientSettings } from './settings.ts'
import { watched } from './watched.ts'

export const cloudwatchClient = (runtime: Runtime): CloudWatchClient =>
  watched(new CloudWatchClient(clientSettings(runtime, 'CLOUDWATCH')), runtime)
