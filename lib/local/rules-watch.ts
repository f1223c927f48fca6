// Keeps the compiled rules in step with the rules file: looked at before each invocation, and a broken edit changes nothing.
import { renameSync, statSync, writeFileSync } from 'node:fs'
import type { Rules } from '../automation/rules/rules.ts'
import { InvalidRules } from '../automation/rules/schema.ts'
import { compileRulesFile } from './rules-file.ts'

export interface RulesWatch {
  /**
   * Compiles the file again when it has changed, and reports which rules are in force since. With a broken one the last
   * good rules stay: written again together with what is wrong with the file, so that whoever works by them can say so.
   */
  readonly refresh: () => void
  /** What is wrong with the file, or with what is made of it; undefined when its rules are in force. */
  readonly problem: () => string | undefined
}

/** Compiles the rules file at `path` into `target`, JSON. Throws what is wrong with it, also where `target` has older rules. */
export function watchRules(path: string, target: string, report: (line: string) => void): RulesWatch {
  let seen = versionOf(path)
  let good = compileRulesFile(path)
  write(good, target)
  let broken: string | undefined
  const compiled = (): Rules => {
    try {
      return (good = compileRulesFile(path))
    } catch (error) {
      if (!(error instanceof InvalidRules)) throw error
      report(`${error.problems.join('; ')} - the last good rules stay in force`)
      return { ...good, problem: error.message }
    }
  }
  return {
    problem: () => broken,
    refresh() {
      const version = versionOf(path)
      if (version === seen) return
      try {
        const rules = compiled()
        write(rules, target)
        seen = version
        broken = rules.problem
        if (rules.problem === undefined) report(`${path}: the new rules are in force`)
      } catch (error) {
        // A full disk, say: the rules that are in the target still hold, and the next refresh tries again.
        broken = `${target} cannot be written: ${error instanceof Error ? error.message : String(error)}`
        report(broken)
      }
    },
  }
}

function write(rules: Rules, target: string): void {
  const unfinished = `${target}.new`
  writeFileSync(unfinished, JSON.stringify(rules))
  renameSync(unfinished, target)
}

/** What changes when the file does, its permissions and its absence included. */
function versionOf(path: string): string {
  try {
    const { ctimeMs, size, ino } = statSync(path)
    return `${ctimeMs} ${size} ${ino}`
  } catch (error) {
    return String(error)
  }
}
