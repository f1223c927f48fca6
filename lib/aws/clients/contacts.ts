// The official client of @aws-sdk/client-ssm-contacts, in a file of its own so that only functions that need it carry it.
import { SSMContactsClient } from '@aws-sdk/client-ssm-contacts'
import type { Runtime } from '../runtime.ts'
import { incidentManagerSettings } from './settings.ts'
import { watched } from './watched.ts'

export const contactsClient = (runtime: Runtime): SSMContactsClient =>
  watched(new SSMContactsClient(incidentManagerSettings(runtime, 'SSM_CONTACTS')), runtime)
