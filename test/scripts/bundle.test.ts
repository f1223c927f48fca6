// A function's bundle: without what never exists on Lambda, and still whole.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleFunctions } from '../../scripts/bundle.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const run = promisify(execFile)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-bundle-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('of open-incident holds no client for the credentials of a developer’s machine, and loads', async () => {
  const into = join(folder, 'project')
  const handler = 'functions/open-incident.handler'
  await bundleFunctions([{ name: 'open-incident', handler, withRules: false, patterns: [] }], ROOT, into)
  const bundle = join(into, 'open-incident', 'functions', 'open-incident.js')
  expect(readFileSync(bundle, 'utf8')).not.toMatch(/AssumeRoleWithWebIdentity|GetRoleCredentials/)
  const { stdout } = await run(process.execPath, ['-p', `typeof require(${JSON.stringify(bundle)}).handler`], {
    cwd: folder,
    env: {},
  })
  expect(stdout).toBe('function\n')
})

test('a client in a bundle finds the credentials of its environment, as Lambda gives them', async () => {
  const project = join(folder, 'probe')
  mkdirSync(join(project, 'functions'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'))
  writeFileSync(
    join(project, 'functions', 'probe.ts'),
    `import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
    export const handler = () => new DynamoDBClient({ region: 'us-east-1' }).config.credentials()`,
  )
  // Away from every node_modules: what is not in the bundle is not there.
  const into = join(folder, 'bundles')
  const handler = 'functions/probe.handler'
  await bundleFunctions([{ name: 'probe', handler, withRules: false, patterns: [] }], project, into)
  const bundle = JSON.stringify(join(into, 'probe', 'functions', 'probe.js'))
  const { stdout } = await run(
    process.execPath,
    ['-e', `require(${bundle}).handler().then((found) => console.log(JSON.stringify(found)))`],
    {
      cwd: folder,
      env: { AWS_ACCESS_KEY_ID: 'ASIAROLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' },
    },
  )
  expect(JSON.parse(stdout)).toMatchObject({
    accessKeyId: 'ASIAROLE',
    secretAccessKey: 'secret',
    sessionToken: 'token',
  })
})
