// The official client of @aws-sdk/client-sesv2, in a file of its own so that only functions that need it carry it.
import { SESv2Client } from '@aws-sdk/client-sesv2'
import type { Runtime } from '../runtime.ts'
import { clientSettings } from './settings.ts'
import { watched } from './watched.ts'

export const sesClient = (runtime: Runtime): SESv2Client =>
  watched(new SESv2Client(clientSettings(runtime, 'SESV2')), runtime)
