// The official client of @aws-sdk/client-secrets-manager, in a file of its own so that it is loaded only when it is used.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Runtime } from '../runtime.ts'
import { clientSettings } from './settings.ts'
import { watched } from './watched.ts'

export const secretsManagerClient = (runtime: Pick<Runtime, 'environment' | 'onCall'>): SecretsManagerClient =>
  watched(new SecretsManagerClient(clientSettings(runtime, 'SECRETS_MANAGER')), runtime)
