// What `npm test` runs: every file under test/, two at a time, on any machine with no service started first.
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes minutes begins first, so that nothing waits for it in the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => /\/(?:crash-|kill-loop)/u.test(moduleId)
    const usual = super.sort.bind(this)
    const sorted = await usual(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    setupFiles: ['test/logs.ts'],
    // A process that the crash tests let die says so each time.
    onConsoleLog: (log) => !/(?:Died|Refused): /u.test(log),
    env: { AWS_MAX_ATTEMPTS: '1' },
  },
})
