// `npm run keys`: issues access keys of Tocsin's own incident manager, lists them and revokes them, on this machine or for a stage.
import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { clientSettings } from '../lib/aws/clients/settings.ts'
import { type Environment, localSettings, processEnvironment, region as regionOf } from '../lib/aws/config.ts'
import type { AccessKey } from '../lib/aws/secrets.ts'
import { storedSecret } from '../lib/aws/stored-secret.ts'
import { documentClient, dynamodbTable } from '../lib/aws/table/dynamodb.ts'
import { INDEXES } from '../lib/aws/table/indexes.ts'
import { DatabaseInUse } from '../lib/aws/table/sqlite-database.ts'
import { sqliteTable } from '../lib/aws/table/sqlite.ts'
import {
  createAccessKey,
  isRole,
  type KeyStore,
  listAccessKeys,
  revokeAccessKey,
  type Role,
  ROLES,
} from '../lib/incident-manager/store/access-keys.ts'
import { IN_MEMORY, openDataFolder } from '../lib/local/data-folder.ts'
import { helpIfAsked } from '../lib/local/usage.ts'
import { authorizationOf } from '../lib/local/guard.ts'
import { variablesOf } from './deployed-function.ts'
import { runningKeys } from './running-keys.ts'

const ROOT = join(import.meta.dirname, '..')
const USAGE = `Usage: npm run keys -- create --name ann --role ${ROLES.join('|')}
       npm run keys -- list
       npm run keys -- revoke <access key id>
       npm run keys -- header     what curl sends to /_tocsin/... where signatures are checked: curl -H "$(npm run -s keys -- header)" ...
For a stage on AWS, with your own AWS credentials: --stage production [--region eu-west-1].
On this machine TOCSIN_DATA names the data folder, and PORT the port of the running Tocsin.`
/** The table's name on one machine: its logical id in functions/tocsin.yml. */
const LOCAL_TABLE = 'Incidents'

/** A key as it is listed. */
export interface ListedKey {
  readonly accessKeyId: string
  readonly name: string
  readonly role: string
  /** ISO 8601. */
  readonly created: string
}

/** Wherever the keys are. */
export interface Keys {
  readonly create: (name: string, role: Role) => Promise<AccessKey>
  readonly list: () => Promise<ListedKey[]>
  /** Whether there was such a key. */
  readonly revoke: (accessKeyId: string) => Promise<boolean>
}

interface Place {
  readonly region: string
  readonly url: string
}

const ofStore = (store: KeyStore): Keys => ({
  create: (name, role) => createAccessKey(store, { name, role, now: new Date(), guarded: true }),
  list: async () => (await listAccessKeys(store)).map((key) => ({ ...key, created: key.created.toISOString() })),
  revoke: (accessKeyId) => revokeAccessKey(store, accessKeyId),
})

type Work = (keys: Keys, place: Place) => Promise<string[]>

/** The table and the secret are those of the stage's function incident-manager. */
async function onStage(stage: string, environment: Environment, work: Work): Promise<string[]> {
  const region = regionOf(environment)
  const variables = await variablesOf(`tocsin-${stage}-incident-manager`, region)
  const { AWS_ENDPOINT_URL_SSM_INCIDENTS: url = '' } = await variablesOf(`tocsin-${stage}-open-incident`, region)
  const given = { ...environment, ...variables }
  const client = new DynamoDBClient(clientSettings({ environment }, 'DYNAMODB'))
  const table = dynamodbTable(documentClient(client), given['TOCSIN_INCIDENTS_TABLE'] ?? '', INDEXES)
  try {
    return await work(ofStore({ table, secret: () => storedSecret(given) }), { region, url })
  } finally {
    client.destroy()
  }
}

/** By this process where the data folder is free, otherwise by the one that works in it. */
async function onThisMachine(environment: Environment, work: Work): Promise<string[]> {
  const { data, port, region, publicUrl } = localSettings(environment)
  const place = { region, url: publicUrl ?? `http://127.0.0.1:${port}` }
  if (data === IN_MEMORY) return work(runningKeys(port, data), place)
  const folder = resolve(ROOT, data)
  if (!statSync(folder, { throwIfNoEntry: false }))
    throw new Error(`There is nothing in ${folder}: name another data folder by TOCSIN_DATA, or npm start first`)
  const opened = await openDataFolder(folder, ROOT).catch((error: unknown) => {
    if (error instanceof DatabaseInUse) return undefined
    throw error
  })
  if (!opened) return work(runningKeys(port, folder), place)
  try {
    const table = sqliteTable(opened.database, LOCAL_TABLE, INDEXES)
    return await work(ofStore({ table, secret: () => Promise.resolve(opened.secret) }), place)
  } finally {
    await opened.close()
  }
}

/** What a person asks for, as what is to be done. */
function workOf([command, accessKeyId, ...more]: readonly string[], name?: string, role?: string): Work {
  if (command === 'create' && name && role && accessKeyId === undefined) {
    if (!isRole(role)) throw new Error(`A role is ${ROLES.join(', ')}, but not ${role}`)
    return async (keys, place) => shellLines(await keys.create(name, role), place)
  }
  if (command === 'list' && accessKeyId === undefined)
    return async (keys) => {
      const lines = (await keys.list()).map(
        (key) => `${key.accessKeyId}  ${key.created}  ${key.role.padEnd(9)}  ${key.name}`,
      )
      return lines.length ? lines : ['No key has been issued']
    }
  if (command === 'revoke' && accessKeyId !== undefined && more.length === 0)
    return async (keys) => {
      if (!(await keys.revoke(accessKeyId))) throw new Error(`There is no key ${accessKeyId}`)
      return [`${accessKeyId} is revoked: within a minute nothing that it signs is taken any more`]
    }
  throw new Error(USAGE)
}

function headerOf(folder: string): string {
  const { authorization } = authorizationOf(folder)
  if (authorization === undefined)
    throw new Error(`There is no secret in ${folder}: name the data folder by TOCSIN_DATA`)
  return `authorization: ${authorization}`
}

/** What makes the AWS CLI and the SDKs work with the key, in a shell. */
const shellLines = ({ accessKeyId, secretAccessKey }: AccessKey, { region, url }: Place): string[] => [
  'unset AWS_SESSION_TOKEN AWS_PROFILE',
  `export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
  `export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
  `export AWS_ENDPOINT_URL_SSM_INCIDENTS=${url} AWS_ENDPOINT_URL_SSM_CONTACTS=${url}`,
]

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const options = { name: text, role: text, stage: text, region: text }
  const { values, positionals } = parseArgs({ allowPositionals: true, options })
  const { name, role, stage, region } = values
  const given = processEnvironment()
  if (positionals.join(' ') === 'header' && !stage)
    return console.log(headerOf(resolve(ROOT, localSettings(given).data)))
  const work = workOf(positionals, name, role)
  const environment = region ? { ...given, AWS_REGION: region } : given
  const lines = stage ? await onStage(stage, environment, work) : await onThisMachine(environment, work)
  if (positionals[0] === 'create') console.error('# The secret is shown this once: keep it as you keep a password.')
  console.log(lines.join('\n'))
}

helpIfAsked(USAGE)
await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
