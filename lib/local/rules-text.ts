// The text of a rules file, or by name why it has none: a file that cannot be read, is huge, or is no text.
import { readFileSync, statSync } from 'node:fs'
import { InvalidRules } from '../automation/rules/schema.ts'

/** Room for some 5,000 rules; what is larger would hold up every event while it is read. */
const LARGEST_BYTES = 1_000_000

/** Throws InvalidRules, which names the file. */
export function readRulesText(path: string): string {
  const bytes = read(path)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new InvalidRules([`${path}: is not a text in UTF-8`])
  }
  const nul = text.indexOf('\0')
  if (nul < 0) return text
  throw new InvalidRules([`${path}:${text.slice(0, nul).split('\n').length}: has a NUL byte`])
}

function read(path: string): Buffer {
  try {
    const stat = statSync(path)
    if (stat.isFile() && stat.size <= LARGEST_BYTES) return readFileSync(path)
    throw new Error(stat.isFile() ? `has ${stat.size} bytes, which is more than ${LARGEST_BYTES}` : 'is no file')
  } catch (error) {
    throw new InvalidRules([`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`])
  }
}
