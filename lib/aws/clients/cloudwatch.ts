// The official client of @aws-sdk/client-cloudwatch, in a file of its own so that only functions that need it carry it.
import { CloudWatchClient, type CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch'
import type { Runtime } from '../runtime.ts'
import { clientSettings } from './settings.ts'
import { watched } from './watched.ts'

/** Of this account and Region, where nothing `elsewhere` is said. */
export const cloudwatchClient = (
  runtime: Pick<Runtime, 'environment' | 'onCall'>,
  elsewhere: Pick<CloudWatchClientConfig, 'region' | 'credentials' | 'maxAttempts'> = {},
): CloudWatchClient =>
  watched(new CloudWatchClient({ ...clientSettings(runtime, 'CLOUDWATCH'), ...elsewhere }), runtime)
