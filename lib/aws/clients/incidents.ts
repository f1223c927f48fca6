// The official client of @aws-sdk/client-ssm-incidents, in a file of its own so that only functions that need it carry it.
import { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import type { Runtime } from '../runtime.ts'
import { incidentManagerSettings } from './settings.ts'
import { watched } from './watched.ts'

export const incidentsClient = (runtime: Runtime): SSMIncidentsClient =>
  watched(new SSMIncidentsClient(incidentManagerSettings(runtime, 'SSM_INCIDENTS')), runtime)
