// How every function is an AWS Lambda handler: middy around it, Powertools Logger and Metrics in it, dependencies built on first call.
import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { lambdaRuntime } from './lambda-runtime.ts'
import { type Measure, measuresOf } from './measures.ts'
import { currentRuntime, type Runtime } from './runtime.ts'

/** Lambda ends what runs too long without a word: what it has measured until then leaves before. */
const PUBLISHED_BEFORE_MS = 500

/**
 * A Lambda handler named `name`. `build` makes what it works with from its runtime, once per runtime, on the first
 * call: importing a function needs no environment.
 */
export function lambdaHandler<Event, Dependencies, Result>(
  name: string,
  build: (runtime: Runtime, logger: Logger, measure: Measure) => Dependencies,
  handle: (event: Event, dependencies: Dependencies, context: Context) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  const built = new WeakMap<Runtime, { readonly dependencies: Dependencies; readonly publish: () => void }>()
  const logger = new Logger({ serviceName: name })
  const make = (runtime: Runtime) => {
    const { measure, publish } = measuresOf(name, runtime)
    return { dependencies: build(runtime, logger, measure), publish }
  }
  const handler = middy<Event, Result>()
    .use(injectLambdaContext(logger))
    .handler(async (event, context) => {
      const runtime = currentRuntime(lambdaRuntime)
      let made = built.get(runtime)
      if (!made) built.set(runtime, (made = make(runtime)))
      const { dependencies, publish } = made
      const early = setTimeout(publish, Math.max(0, context.getRemainingTimeInMillis() - PUBLISHED_BEFORE_MS)).unref()
      try {
        return await handle(event, dependencies, context)
      } finally {
        clearTimeout(early)
        publish()
      }
    })
  return (event, context) => handler(event, context)
}
