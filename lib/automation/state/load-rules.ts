// The compiled rules that a function works by: read from a file, and read again when the file has changed.
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { required, type Environment } from '../../aws/config.ts'
import type { Rules } from '../rules/rules.ts'

/** The compiled rules cannot be read, or are none; the message names the file and what to do. */
export class RulesUnavailable extends Error {
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
 * file is picked up by the next call; a change that breaks it keeps the last good rules and is told to `onProblem` once.
 * Throws RulesUnavailable when there are no good rules yet.
 */
export function rulesFrom(
  environment: Environment,
  onProblem: (problem: RulesUnavailable) => void = () => {},
): () => Rules {
  let loaded: { readonly version: string; readonly rules: Rules } | undefined
  return () => {
    const file = resolve(environment['LAMBDA_TASK_ROOT'] ?? '.', required(environment, 'TOCSIN_COMPILED_RULES'))
    const version = versionOf(file)
    if (loaded && loaded.version === version) return loaded.rules
    try {
      return (loaded = { version, rules: read(file) }).rules
    } catch (problem) {
      if (!loaded || !(problem instanceof RulesUnavailable)) throw problem
      onProblem(problem)
      return (loaded = { version, rules: loaded.rules }).rules
    }
  }
}

/** What changes when the file does; empty when it is absent. */
function versionOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : ''
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

/** The compiler has checked the rest; this tells its work from any other JSON. */
const isRules = (json: unknown): json is Rules =>
  typeof json === 'object' &&
  json !== null &&
  'version' in json &&
  json.version === 1 &&
  'ignore' in json &&
  Array.isArray(json.ignore) &&
  'rules' in json &&
  Array.isArray(json.rules) &&
  'otherwise' in json &&
  typeof json.otherwise === 'object'
