// The environment of a deployed function, asked of Lambda with the credentials of whoever runs a script.
import { GetFunctionConfigurationCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda'

/** Something that the person who typed the command can put right. */
class Unknown extends Error {}

/** Throws an error for a person where there is no such function. */
export async function variablesOf(FunctionName: string, region: string): Promise<Readonly<Record<string, string>>> {
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
