// The files of the web console, read from the folder that is deployed with the function, each once.
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Logger } from '@aws-lambda-powertools/logger'
import type { HttpResponse } from './http.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const PROTECTION = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
}

/** Answers `/` and `/console/<file>`, undefined for any other path; without its folder there is no console. */
export function consoleFiles(folder: string, logger: Logger): (path: string) => Promise<HttpResponse | undefined> {
  let files: Promise<ReadonlyMap<string, HttpResponse>> | undefined
  return async (path) => {
    if (path !== '/' && !path.startsWith('/console/')) return undefined
    const responses = await (files ??= load(folder).catch((error: unknown) => missing(folder, error, logger)))
    return responses.get(path === '/' ? '/console/index.html' : path)
  }
}

async function load(folder: string): Promise<ReadonlyMap<string, HttpResponse>> {
  const names = (await readdir(folder)).filter((name) => extname(name) in TYPES)
  const responses = names.map(async (name): Promise<[string, HttpResponse]> => {
    const headers = { 'content-type': TYPES[extname(name)] ?? '', ...PROTECTION }
    return [`/console/${name}`, { status: 200, headers, body: await readFile(join(folder, name), 'utf8') }]
  })
  return new Map(await Promise.all(responses))
}

function missing(folder: string, error: unknown, logger: Logger): ReadonlyMap<string, HttpResponse> {
  logger.error(`The console cannot be read from ${folder}`, { error: String(error) })
  return new Map()
}
