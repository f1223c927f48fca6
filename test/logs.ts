// What functions log while tests run: caught instead of printed, so that tests can read it, and look for what must not be in it.
import { env, stderr, stdout } from 'node:process'

interface LogLine {
  readonly level: string
  readonly message: string
  readonly service?: string
  readonly [member: string]: unknown
}

const caught: string[] = []

/** Runs before each test file (vitest.config.ts). Powertools writes a line at a time. */
for (const stream of [stdout, stderr]) {
  const write = stream.write.bind(stream)
  stream.write = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
    if (typeof chunk !== 'string' || !chunk.startsWith('{"level":"')) return write(chunk, ...rest)
    caught.push(chunk)
    return true
  }
}
env['POWERTOOLS_LOG_LEVEL'] = 'DEBUG'

/** The lines since a mark. */
export const logsSince = (mark: number): LogLine[] => caught.slice(mark).map((line) => JSON.parse(line))
export const logMark = (): number => caught.length

/** The members whose names alone say that they should not be there. */
const SECRET_MEMBERS = /"(?:authorization|signature|secret\w*|password|deliveryAddress|simpleAddress|acceptCode)":/iu

/** The lines since a mark that hold one of `secrets`, or something under a name of one. */
export const leaksSince = (mark: number, secrets: readonly string[]): string[] => {
  const words = secrets.filter(Boolean).map((secret) => new RegExp(`(?<![\\w.-])${escaped(secret)}(?![\\w-])`, 'u'))
  return caught.slice(mark).filter((line) => SECRET_MEMBERS.test(line) || words.some((word) => word.test(line)))
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`)
