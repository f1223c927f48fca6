// Whether and where the first process of a step dies.
import fc from 'fast-check'
import type { Kill } from './automation.ts'

/** Fewer calls than this are made for most steps: then nothing dies. */
export const kills: fc.Arbitrary<Kill | undefined> = fc.option(
  fc.record({ call: fc.integer({ min: 1, max: 16 }), when: fc.constantFrom('before' as const, 'after' as const) }),
  { nil: undefined },
)
