// The secret as it is kept on AWS: in Secrets Manager, under the ARN that the environment names.
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { secretsManagerClient } from './clients/secrets-manager.ts'
import { required, type Environment } from './config.ts'

/** Says which secret could not be read, and by the name of the error why. */
class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable'
}

/**
 * The text of the secret TOCSIN_SECRET_ARN, as UTF-8. Rejects with SecretUnreadable, and where the variable is not set with
 * an error that names it.
 */
export async function storedSecret(environment: Environment): Promise<Uint8Array> {
  const arn = required(environment, 'TOCSIN_SECRET_ARN')
  const client = secretsManagerClient({ environment })
  const { SecretString } = await client
    .send(new GetSecretValueCommand({ SecretId: arn }))
    .catch((cause: unknown) => {
      throw new SecretUnreadable(`${arn} cannot be read: ${cause instanceof Error ? cause.name : String(cause)}`, {
        cause,
      })
    })
    .finally(() => client.destroy())
  if (!SecretString) throw new SecretUnreadable(`${arn} holds no text`)
  return new TextEncoder().encode(SecretString)
}
