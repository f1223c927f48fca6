// Keeps the compiled rules in step with the rules file: looked at before each invocation, and a broken edit changes nothing.
import type { Rules } from '../automation/rules/rules.ts'
import { InvalidRules } from '../automation/rules/schema.ts'
import { versionOf } from '../automation/state/load-rules.ts'
import { compileRulesFile } from './rules-file.ts'
import { writeRules } from './rules-json.ts'
import { sayWhatIsIgnored } from './rules-notice.ts'

export interface RulesWatch {
  /**
   * Compiles the file again when it has changed, and reports which rules are in force since. With a broken one the last
   * good rules stay: written again together with what is wrong with the file, so that whoever works by them can say so.
   */
  readonly refresh: () => void
  /** What whoever starts should know of the file: what is doubtful in it, and what it has come to ignore. */
  readonly warnings: readonly string[]
  /** What is wrong with the file, or with what is made of it; undefined when its rules are in force. */
  readonly problem: () => string | undefined
}

/** Compiles the rules file at `path` into `target`, JSON. Throws what is wrong with it, also where `target` has older rules. */
export function watchRules(path: string, target: string, report: (line: string) => void): RulesWatch {
  let seen = versionOf(path)
  const warnings: string[] = []
  let good = compileRulesFile(path, {}, (line) => warnings.push(line))
  writeRules(good, target)
  const notice = sayWhatIsIgnored(good, path)
  let broken: string | undefined
  const compiled = (warn: (line: string) => void): Rules => {
    try {
      return (good = compileRulesFile(path, {}, warn))
    } catch (error) {
      if (!(error instanceof InvalidRules)) throw error
      report(`${error.problems.join('; ')} - the last good rules stay in force`)
      return { ...good, problem: error.message }
    }
  }
  return {
    warnings: [...warnings, ...(notice === undefined ? [] : [notice])],
    problem: () => broken,
    refresh() {
      const version = versionOf(path)
      if (version === seen) return
      try {
        const doubts: string[] = []
        const rules = compiled((line) => doubts.push(line))
        writeRules(rules, target)
        seen = version
        broken = rules.problem
        if (rules.problem === undefined) report(`${path}: the new rules are in force`)
        for (const line of doubts) report(line)
      } catch (error) {
        // A full disk, say: the rules that are in the target still hold, and the next refresh tries again.
        broken = `${target} cannot be written: ${error instanceof Error ? error.message : String(error)}`
        report(broken)
      }
    },
  }
}
