// How many stories a property tells, and from which seed: both can be given, and both are printed.
import { env } from 'node:process'
import type { Parameters } from 'fast-check'

/** TOCSIN_STORIES (`usual` when it is not given) and TOCSIN_SEED_OF_STORIES. */
export function runs(
  name: string,
  usual = 300,
): Pick<Parameters<unknown>, 'numRuns' | 'seed'> & { readonly timeout: number } {
  const numRuns = Number(env['TOCSIN_STORIES'] ?? usual)
  const seed = Number(env['TOCSIN_SEED_OF_STORIES'] ?? Date.now() % 2 ** 31)
  console.log(`${name}: ${numRuns} stories, TOCSIN_SEED_OF_STORIES=${seed}`)
  return { numRuns, seed, timeout: 60_000 + numRuns * 3000 }
}
