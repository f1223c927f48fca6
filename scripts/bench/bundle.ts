// How large the bundle of open-incident is, and how long a cold import takes beside its dependencies with an empty handler.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { median } from './system.ts'

const ROUNDS = 45
const ROOT = join(import.meta.dirname, '../..')

/** The packages that open-incident stands on, with nothing of ours. */
const EMPTY = `
import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import middy from '@middy/core'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { SSMIncidentsClient, StartIncidentCommand, CreateTimelineEventCommand, UpdateIncidentRecordCommand, GetIncidentRecordCommand, GetResponsePlanCommand } from '@aws-sdk/client-ssm-incidents'
const logger = new Logger()
export const kept = [IdempotencyConfig, makeIdempotent, DynamoDBPersistenceLayer, DynamoDBClient, DynamoDBDocumentClient, DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand, SSMIncidentsClient, StartIncidentCommand, CreateTimelineEventCommand, UpdateIncidentRecordCommand, GetIncidentRecordCommand, GetResponsePlanCommand]
export const handler = middy().use(injectLambdaContext(logger)).handler(async () => {})
`

export async function* bundleFigures(): AsyncGenerator<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  try {
    const empty = join(folder, 'empty.cjs')
    const whole = join(folder, 'open-incident.cjs')
    const options = {
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      minify: true,
      mainFields: ['module', 'main'],
    } satisfies BuildOptions
    await build({ ...options, stdin: { contents: EMPTY, resolveDir: ROOT, loader: 'ts' }, outfile: empty })
    await build({ ...options, entryPoints: [join(ROOT, 'functions/open-incident.ts')], outfile: whole })
    yield `Bundle of open-incident: ${kilobytes(whole)} kB (at most 500); its dependencies alone: ${kilobytes(empty)} kB`
    const probe = join(folder, 'probe.cjs')
    writeFileSync(
      probe,
      'const start = performance.now(); require(process.argv[2]); console.log(performance.now() - start)',
    )
    const times = { empty: [] as number[], whole: [] as number[] }
    for (let round = 0; round < ROUNDS; round++) {
      times.empty.push(imported(probe, empty))
      times.whole.push(imported(probe, whole))
    }
    const ratio = median(times.whole) / median(times.empty)
    yield `Cold import of open-incident, median of ${ROUNDS}: ${median(times.whole).toFixed(1)} ms; floor (its dependencies, empty handler): ${median(times.empty).toFixed(1)} ms; ${ratio.toFixed(2)} times (at most 1.15)`
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const kilobytes = (path: string): number => Math.round(statSync(path).size / 1000)
const imported = (probe: string, bundle: string): number =>
  Number(execFileSync(process.execPath, [probe, bundle], { encoding: 'utf8' }))
