// Prints what a shell needs to work with Tocsin's own incident manager as the automation does: its key, and where it is.
import { parseArgs } from 'node:util'
import { GetFunctionConfigurationCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda'
import { type Environment, processEnvironment, region as regionOf } from '../lib/aws/config.ts'
import { automationKey } from '../lib/aws/secrets.ts'
import { storedSecret } from '../lib/aws/stored-secret.ts'

const USAGE = `Usage: eval "$(npm run -s automation-key -- --stage production [--region eu-west-1])"`
const WARNING =
  '# This is the key of the automation itself. Whoever has it may do everything with this incident manager: keep it nowhere.'

/** Something that the person who typed the command can put right. */
class Unknown extends Error {}

/**
 * The lines of shell that make the AWS CLI and SDKs work with the incident manager of a stage. Where it is, and which secret
 * its key derives from, is read from the environment of open-incident; that and the secret with the AWS credentials of
 * `environment`. Throws an error for a person where the stage is not there, has no incident manager of its own, or where
 * its secret may not be read.
 */
export async function shellFor(stage: string, environment: Environment): Promise<string[]> {
  const region = regionOf(environment)
  const variables = await variablesOf(`tocsin-${stage}-open-incident`, region)
  const [arn, url] = [variables['TOCSIN_SECRET_ARN'], variables['AWS_ENDPOINT_URL_SSM_INCIDENTS']]
  if (!arn || !url)
    throw new Unknown(
      `The stage ${stage} works with AWS Systems Manager Incident Manager: use your own AWS credentials`,
    )
  const { accessKeyId, secretAccessKey } = automationKey(await storedSecret({ ...environment, TOCSIN_SECRET_ARN: arn }))
  return [
    'unset AWS_SESSION_TOKEN AWS_PROFILE',
    `export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    `export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    `export AWS_ENDPOINT_URL_SSM_INCIDENTS=${url} AWS_ENDPOINT_URL_SSM_CONTACTS=${url}`,
  ]
}

async function variablesOf(FunctionName: string, region: string): Promise<Readonly<Record<string, string>>> {
  const client = new LambdaClient({ region })
  try {
    const { Environment: given } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }))
    return given?.Variables ?? {}
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error
    throw new Unknown(`There is no function ${FunctionName} in ${region}: check --stage and --region`, { cause: error })
  } finally {
    client.destroy()
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { stage: { type: 'string' }, region: { type: 'string' } } })
  if (!values.stage) throw new Error('Name the stage')
  const environment = processEnvironment()
  const lines = await shellFor(
    values.stage,
    values.region ? { ...environment, AWS_REGION: values.region } : environment,
  )
  console.error(WARNING)
  console.log(lines.join('\n'))
}

if (import.meta.main)
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : error)
    console.error(USAGE)
    process.exitCode = 1
  })
