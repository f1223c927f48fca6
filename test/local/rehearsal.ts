// A system whose functions are stand-ins: what is tested is what delivers to them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context, SQSRecord } from 'aws-lambda'
import type { Handler } from '../../lib/local/functions.ts'
import { startSystem, type System, type SystemOptions } from '../../lib/local/system.ts'
import { afterEach } from 'vitest'

export const START = new Date('2026-03-05T09:15:00.000Z')
export const ROOT = join(import.meta.dirname, '..', '..')

export interface Invocation {
  readonly name: string
  readonly at: string
  readonly event: unknown
  readonly context: Context
}

export interface Rehearsal {
  readonly system: System
  /** What has been invoked, schedules left out, in order. */
  readonly invocations: Invocation[]
  /** The bodies of the records that a function has received, parsed. */
  readonly received: (name: string) => unknown[]
  readonly post: (
    path: string,
    body: object,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; body: unknown }>
  readonly get: (path: string) => Promise<{ status: number; body: unknown }>
  readonly putEvents: (...entries: object[]) => Promise<{ status: number; body: unknown }>
}

const systems: System[] = []
const folders: string[] = []
afterEach(async () => {
  await Promise.all(systems.splice(0).map((system) => system.close()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
  folders.push(folder)
  return folder
}

const NAMES = ['open-incident', 'enrich-timeline', 'sweep', 'accept-page', 'incident-manager', 'run-engagements']

/** Starts a system in simulated time, without a seed; `handlers` do something, the other functions succeed. */
export async function rehearse(
  handlers: Readonly<Record<string, Handler>> = {},
  options: Partial<SystemOptions> = {},
): Promise<Rehearsal> {
  const invocations: Invocation[] = []
  // What a former run has left is delivered while it starts.
  let started: System | undefined
  const standIn =
    (name: string): Handler =>
    (event, context) => {
      if (!isTick(event)) invocations.push({ name, at: (started?.now() ?? START).toISOString(), event, context })
      return handlers[name]?.(event, context)
    }
  const system = await startSystem({
    port: 0,
    data: ':memory:',
    clock: 'simulated',
    startAt: START,
    seed: false,
    rules: 'rules.yml',
    region: 'us-east-1',
    ...options,
    handlers: Object.fromEntries(NAMES.map((name) => [name, standIn(name)])),
  })
  started = system
  systems.push(system)
  const call = async (path: string, init: RequestInit): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(system.url + path, init)
    const text = await response.text()
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
  }
  const post: Rehearsal['post'] = (path, body, headers = {}) =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  return {
    system,
    invocations,
    received: (name) =>
      invocations
        .filter((invocation) => invocation.name === name)
        .flatMap(({ event }) => recordsOf(event))
        .map(({ body }): unknown => JSON.parse(body)),
    post,
    get: (path) => call(path, {}),
    putEvents: (...Entries) =>
      post('/', { Entries }, { 'x-amz-target': 'AWSEvents.PutEvents', 'content-type': 'application/x-amz-json-1.1' }),
  }
}

/** An event that the template's rules take to the alarm queue. */
export const ownEvent = (number: number): object => ({
  Source: 'tocsin.test',
  DetailType: 'Test',
  Detail: JSON.stringify({ number }),
})

export function recordsOf(event: unknown): SQSRecord[] {
  return hasRecords(event) ? event.Records : []
}

const hasRecords = (event: unknown): event is { Records: SQSRecord[] } =>
  typeof event === 'object' && event !== null && 'Records' in event

const isTick = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'source' in event && event.source === 'aws.events'
