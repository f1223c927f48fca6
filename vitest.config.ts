// What `npm test` runs: every file under test/, two at a time, on any machine with no service started first.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    setupFiles: ['test/logs.ts'],
    // A process that the crash tests let die says so each time.
    onConsoleLog: (log) => !/(?:Died|Refused): /u.test(log),
    env: { AWS_MAX_ATTEMPTS: '1' },
  },
})
