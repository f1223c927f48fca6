// How large a function's bundle is, and how long a cold import takes beside its dependencies with an empty handler.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { BUNDLING } from '../bundle.ts'
import { median } from './system.ts'

const ROUNDS = 45
const ROOT = join(import.meta.dirname, '../..')

const COMMON = `
import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import middy from '@middy/core'
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
const logger = new Logger()
export const common = [Metrics, MetricUnit, ConditionalCheckFailedException, DynamoDBPersistenceLayer, DynamoDBClient, DynamoDBDocumentClient, DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand]
export const later = () => import('./lib/aws/stored-secret.ts')
export const handler = middy().use(injectLambdaContext(logger)).handler(async () => {})
`

/** The packages that each stands on, with nothing of ours but how the secret is read, since that is imported later. */
const FUNCTIONS = [
  {
    name: 'open-incident',
    mostKilobytes: 500,
    mostTimes: 1.15,
    dependencies: `${COMMON}
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { SSMIncidentsClient, StartIncidentCommand, CreateTimelineEventCommand, UpdateIncidentRecordCommand, GetIncidentRecordCommand, GetResponsePlanCommand } from '@aws-sdk/client-ssm-incidents'
export const kept = [IdempotencyConfig, makeIdempotent, SSMIncidentsClient, StartIncidentCommand, CreateTimelineEventCommand, UpdateIncidentRecordCommand, GetIncidentRecordCommand, GetResponsePlanCommand]
`,
  },
  {
    name: 'incident-manager',
    mostKilobytes: 700,
    mostTimes: 1.2,
    dependencies: `${COMMON}
import { SendEmailCommand, SESv2Client, SESv2ServiceException } from '@aws-sdk/client-sesv2'
import { PublishCommand, SNSClient, SNSServiceException } from '@aws-sdk/client-sns'
export const kept = [SendEmailCommand, SESv2Client, SESv2ServiceException, PublishCommand, SNSClient, SNSServiceException]
`,
  },
]

export async function* bundleFigures(): AsyncGenerator<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  try {
    const probe = join(folder, 'probe.cjs')
    writeFileSync(
      probe,
      'const start = performance.now(); require(process.argv[2]); console.log(performance.now() - start)',
    )
    for (const { name, mostKilobytes, mostTimes, dependencies } of FUNCTIONS) {
      const empty = join(folder, `${name}-empty.cjs`)
      const whole = join(folder, `${name}.cjs`)
      const source = { contents: dependencies, resolveDir: ROOT, loader: 'ts' } as const
      await build({ ...BUNDLING, stdin: source, outfile: empty })
      await build({ ...BUNDLING, entryPoints: [join(ROOT, `functions/${name}.ts`)], outfile: whole })
      yield `Bundle of ${name}: ${kilobytes(whole)} kB (at most ${mostKilobytes}); its dependencies alone: ${kilobytes(empty)} kB`
      const times = { empty: [] as number[], whole: [] as number[] }
      for (let round = 0; round < ROUNDS; round++) {
        times.empty.push(imported(probe, empty))
        times.whole.push(imported(probe, whole))
      }
      const ratio = median(times.whole) / median(times.empty)
      yield `Cold import of ${name}, median of ${ROUNDS}: ${median(times.whole).toFixed(1)} ms; floor (its dependencies, empty handler): ${median(times.empty).toFixed(1)} ms; ${ratio.toFixed(2)} times (at most ${mostTimes})`
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const kilobytes = (path: string): number => Math.round(statSync(path).size / 1000)
const imported = (probe: string, bundle: string): number =>
  Number(execFileSync(process.execPath, [probe, bundle], { encoding: 'utf8' }))
