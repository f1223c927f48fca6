// The compiled rules that a function works by: read from a file, and read again when the file has changed.
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { required, type Environment } from '../../aws/config.ts'
import { isRule } from '../rules/match-rules.ts'
import type { Rules } from '../rules/rules.ts'

/** The compiled rules cannot be read, or are none; the message names the file and what to do. */
class RulesUnavailable extends Error {
  override readonly name = 'RulesUnavailable'

  constructor(file: string, problem: string, cause?: unknown) {
    super(
      `The compiled rules ${file} ${problem}: compile rules.yml again, and see that TOCSIN_COMPILED_RULES names them`,
      {
        cause,
      },
    )
  }
}

/**
 * Answers the rules in force. TOCSIN_COMPILED_RULES is relative to LAMBDA_TASK_ROOT where that is set. A change of the
 * file is picked up by the next call; a change that breaks it keeps the last good rules, whose `problem` says so from
 * then on. Throws RulesUnavailable when there are no good rules yet.
 */
export function rulesFrom(environment: Environment): () => Rules {
  let loaded: { readonly version: string; readonly rules: Rules } | undefined
  return () => {
    const file = resolve(environment['LAMBDA_TASK_ROOT'] ?? '.', required(environment, 'TOCSIN_COMPILED_RULES'))
    const version = versionOf(file)
    if (loaded && loaded.version === version) return loaded.rules
    try {
      return (loaded = { version, rules: read(file) }).rules
    } catch (error) {
      if (!loaded || !(error instanceof RulesUnavailable)) throw error
      return (loaded = { version, rules: { ...loaded.rules, problem: error.message } }).rules
    }
  }
}

/** What changes when the file does, its permissions and its absence included. */
export function versionOf(file: string): string {
  try {
    const { ctimeMs, size, ino } = statSync(file)
    return `${ctimeMs} ${size} ${ino}`
  } catch (error) {
    return String(error)
  }
}

function read(file: string): Rules {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new RulesUnavailable(file, error instanceof SyntaxError ? 'are not JSON' : 'cannot be read', error)
  }
  if (!isRules(json)) throw new RulesUnavailable(file, 'are not rules of version 1')
  return json
}

/** The compiler has checked the rest; this tells its work from any other JSON. A rule that is broken since is left out by itself. */
export const isRules = (json: unknown): json is Rules =>
  typeof json === 'object' &&
  json !== null &&
  'version' in json &&
  json.version === 1 &&
  'ignore' in json &&
  Array.isArray(json.ignore) &&
  'rules' in json &&
  Array.isArray(json.rules) &&
  'otherwise' in json &&
  isRule(json.otherwise) &&
  (!('problem' in json) || typeof json.problem === 'string')
