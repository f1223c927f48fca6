// The incident manager behind a Lambda function URL: both APIs and the console.
import type { LambdaFunctionURLEvent } from 'aws-lambda'
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { fromFunctionUrl, toFunctionUrl } from '../lib/incident-manager/protocol/function-url.ts'
import { incidentManager } from '../lib/incident-manager/service.ts'

export const handler = lambdaHandler(
  'incident-manager',
  incidentManager,
  async (event: LambdaFunctionURLEvent, serve) => toFunctionUrl(await serve(fromFunctionUrl(event))),
)
