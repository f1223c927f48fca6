// Keeps the compiled rules in step with the rules file: looked at before each invocation, and a broken edit changes nothing.
import { renameSync, statSync, writeFileSync } from 'node:fs'
import { compileRulesFile } from './rules-file.ts'

export interface RulesWatch {
  /** Compiles the file again when it has changed; a broken one is reported and the last good one stays. */
  readonly refresh: () => void
}

/** Compiles the rules file at `path` into `target`, JSON. Throws what is wrong with it. */
export function watchRules(path: string, target: string, report: (problem: string) => void): RulesWatch {
  let seen = versionOf(path)
  compile(path, target)
  return {
    refresh() {
      const version = versionOf(path)
      if (version === seen) return
      seen = version
      try {
        compile(path, target)
      } catch (error) {
        report(`${error instanceof Error ? error.message : String(error)}\nThe last good rules stay in force.`)
      }
    },
  }
}

function compile(path: string, target: string): void {
  const unfinished = `${target}.new`
  writeFileSync(unfinished, JSON.stringify(compileRulesFile(path)))
  renameSync(unfinished, target)
}

function versionOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : 'gone'
}
