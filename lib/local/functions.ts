// Runs functions as AWS Lambda does: the handler that the template names, its own environment, a context, a timeout.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Context } from 'aws-lambda'
import { withRuntime, type Runtime } from '../aws/runtime.ts'
import type { Activity } from './activity.ts'
import { isObject } from './json.ts'
import type { FunctionSpec } from './template.ts'

export type Handler = (event: unknown, context: Context) => unknown

export interface Options {
  readonly specs: readonly FunctionSpec[]
  /** Finds the handler of a function. */
  readonly handlerOf: (spec: FunctionSpec) => Promise<Handler>
  readonly activity: Activity
  readonly runtimeOf: (spec: FunctionSpec) => Runtime
  /** Called before each invocation of a function that works by the rules. */
  readonly refreshRules: () => void
  /** Wraps each invocation; a test uses it to watch and to break it. */
  readonly watch?: (functionName: string, event: unknown, run: () => Promise<unknown>) => Promise<unknown>
}

interface LocalFunction {
  readonly spec: FunctionSpec
  readonly runtime: Runtime
  handler?: Promise<Handler>
}

/** A function did not come to an end in its time. */
class TimedOut extends Error {
  override readonly name = 'Sandbox.Timedout'
}

export class Functions {
  readonly #options: Options
  readonly #functions: readonly LocalFunction[]

  constructor(options: Options) {
    this.#options = options
    this.#functions = options.specs.map((spec) => ({ spec, runtime: options.runtimeOf(spec) }))
  }

  /** The function of this ARN, deployed name, or key in serverless.yml. */
  find(name: string): FunctionSpec | undefined {
    return this.#find(name)?.spec
  }

  /** Imports every handler, so that the first event does not wait for it; throws when one cannot be imported. */
  async load(): Promise<void> {
    await Promise.all(this.#functions.map((it) => this.#handler(it)))
  }

  /** What the handler answers; throws what it throws. An invocation that is repeated has the same id. The event is the handler's own: callers make one for each call. */
  async invoke(arn: string, event: unknown, requestId: string = randomUUID()): Promise<unknown> {
    const found = this.#find(arn)
    if (!found) throw new Error(`There is no function ${arn}`)
    const { activity, refreshRules, watch } = this.#options
    const { spec, runtime } = found
    return activity.during(async () => {
      if (runtime.environment['TOCSIN_COMPILED_RULES'] !== undefined) refreshRules()
      const handler = await this.#handler(found)
      const run = (): Promise<unknown> =>
        withRuntime(runtime, () => withTimeout(spec, requestId, (context) => handler(event, context)))
      return watch ? watch(keyOf(spec), event, run) : run()
    })
  }

  #find(name: string): LocalFunction | undefined {
    const unqualified = name.replace(/:\$LATEST$/, '')
    return this.#functions.find(({ spec }) => [spec.arn, spec.name, keyOf(spec)].includes(unqualified))
  }

  #handler(it: LocalFunction): Promise<Handler> {
    return (it.handler ??= this.#options.handlerOf(it.spec))
  }
}

/** `open-incident`, however long its deployed name is. */
export const keyOf = (spec: FunctionSpec): string => spec.module.slice(spec.module.lastIndexOf('/') + 1)

/** The handler that the template names, from the sources in `root`. */
export async function importHandler(root: string, { module, exportName, name }: FunctionSpec): Promise<Handler> {
  const imported: unknown = await import(pathToFileURL(join(root, `${module}.ts`)).href)
  const handler = isObject(imported) ? imported[exportName] : undefined
  if (!isHandler(handler)) throw new Error(`${module}.ts does not export ${exportName}, which ${name} needs`)
  return handler
}

const isHandler = (value: unknown): value is Handler => typeof value === 'function'

async function withTimeout(
  spec: FunctionSpec,
  awsRequestId: string,
  run: (context: Context) => unknown,
): Promise<unknown> {
  const deadline = performance.now() + spec.timeoutSeconds * 1000
  const legacy = (): never => {
    throw new Error(`${keyOf(spec)} uses a callback of Lambda's context; Node 24 has none`)
  }
  const context: Context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: spec.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: spec.arn,
    memoryLimitInMB: String(spec.memoryMegabytes),
    awsRequestId,
    logGroupName: `/aws/lambda/${spec.name}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
    done: legacy,
    fail: legacy,
    succeed: legacy,
  }
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new TimedOut(`${awsRequestId} Task timed out after ${spec.timeoutSeconds.toFixed(2)} seconds`)),
    spec.timeoutSeconds * 1000,
  )
  try {
    return await Promise.race([Promise.resolve(run(context)), promise])
  } finally {
    clearTimeout(timer)
  }
}
