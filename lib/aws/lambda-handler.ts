// How every function is an AWS Lambda handler: middy around it, Powertools Logger in it, dependencies built on first call.
import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { lambdaRuntime } from './lambda-runtime.ts'
import { currentRuntime, type Runtime } from './runtime.ts'

/**
 * A Lambda handler named `name`. `build` makes what it works with from its runtime, once per runtime, on the first
 * call: importing a function needs no environment.
 */
export function lambdaHandler<Event, Dependencies, Result>(
  name: string,
  build: (runtime: Runtime, logger: Logger) => Dependencies,
  handle: (event: Event, dependencies: Dependencies, context: Context) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  const built = new WeakMap<Runtime, Dependencies>()
  const logger = new Logger({ serviceName: name })
  const handler = middy<Event, Result>()
    .use(injectLambdaContext(logger))
    .handler((event, context) => {
      const runtime = currentRuntime(lambdaRuntime)
      let dependencies = built.get(runtime)
      if (!dependencies) built.set(runtime, (dependencies = build(runtime, logger)))
      return handle(event, dependencies, context)
    })
  return (event, context) => handler(event, context)
}
