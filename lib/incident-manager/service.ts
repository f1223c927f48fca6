// The incident manager as a whole: both APIs and the console behind one function from request to response.
import { join } from 'node:path'
import type { Logger } from '@aws-lambda-powertools/logger'
import { systemClock } from '../aws/clock.ts'
import { accountId, region, required } from '../aws/config.ts'
import type { Measure } from '../aws/measures.ts'
import type { Runtime } from '../aws/runtime.ts'
import type { Context } from './context.ts'
import { runtimeDelivery } from './delivery/runtime-delivery.ts'
import type { Model } from './model/model.ts'
import { ssmContacts } from './model/ssm-contacts.generated.ts'
import { ssmIncidents } from './model/ssm-incidents.generated.ts'
import { contactsOperations, incidentsOperations } from './operations/registry.ts'
import { awsJson } from './protocol/aws-json.ts'
import { callerOf } from './protocol/caller.ts'
import { consoleFiles } from './protocol/console-files.ts'
import type { HttpRequest, HttpResponse } from './protocol/http.ts'
import { keyRing } from './protocol/key-ring.ts'
import { rateLimits } from './protocol/rates.ts'
import { restJson } from './protocol/rest-json.ts'
import { requireRole } from './protocol/roles.ts'
import { type Admitted, apiServer } from './protocol/wire.ts'
import { pageTokens } from './store/page-tokens.ts'

/** Serves the contacts API (`x-amz-target`), the console (`GET /`, `GET /console/*`), and the incidents API. */
export function incidentManager(
  runtime: Runtime,
  logger: Logger,
  measure: Measure,
): (request: HttpRequest) => Promise<HttpResponse> {
  const { environment, clock } = runtime
  const context = serviceContext(runtime, logger, measure)
  const { place, table } = context
  const keys = keyRing({ table, secret: runtime.secret }, systemClock)
  const limit = rateLimits(environment, clock)
  const admit = async (request: HttpRequest, service: Model['service']): Promise<Admitted> => {
    const caller = await callerOf(request, { environment, place, service, keys })
    return {
      context: { ...context, caller: caller.arn },
      permit({ name, input }) {
        requireRole(caller, service, name, input)
        limit(service, name)
      },
    }
  }
  const incidents = apiServer(restJson(ssmIncidents), incidentsOperations, admit, logger)
  const contacts = apiServer(awsJson(ssmContacts), contactsOperations, admit, logger)
  const files = consoleFiles(join(environment['LAMBDA_TASK_ROOT'] ?? '.', 'console'), logger)
  return async (request) => {
    if (request.headers['x-amz-target'] !== undefined) return unkept(await contacts(request))
    return (request.method === 'GET' ? await files(request.path) : undefined) ?? unkept(await incidents(request))
  }
}

/** What answers hold is for who asked: no browser takes it for a page, and none keeps it. */
const unkept = (response: HttpResponse): HttpResponse => ({
  ...response,
  headers: { ...response.headers, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' },
})

/** What operations and the engine work with, as the service that works on its own. */
export function serviceContext(runtime: Runtime, logger: Logger, measure: Measure): Context {
  const { environment, clock } = runtime
  const account = accountId(environment)
  return {
    clock,
    place: { account, region: region(environment) },
    // The service-linked role that AWS's own service works as.
    caller: `arn:aws:iam::${account}:role/aws-service-role/incidents.amazonaws.com/AWSServiceRoleforIncidentManager`,
    table: runtime.table(required(environment, 'TOCSIN_INCIDENTS_TABLE')),
    pageTokens: pageTokens(runtime.secret),
    delivery: runtimeDelivery(runtime),
    // The client of Systems Manager would be an eighth of this function: run-engagements has it.
    ...(environment['TOCSIN_RUNBOOKS'] === 'on' ? { runbooks: 'later' } : {}),
    ...(environment['TOCSIN_ALARM_TOPIC'] ? { alarmTopicArn: environment['TOCSIN_ALARM_TOPIC'] } : {}),
    logger,
    measure,
  }
}
