// Which episode a signal belongs to: the one that already holds what it is about, else the one its rule names.
import type { Episodes, Stored } from './episodes.ts'

/**
 * `subject` is what the signal is about, `key` the dedupe key by the rules of now. An open episode that knows the subject
 * keeps it, whatever the rules have become since.
 */
export async function locate(episodes: Episodes, subject: string, key: string): Promise<Stored> {
  const named = await episodes.load(key)
  if (holds(named, subject)) return named
  const own = key === subject ? named : await episodes.load(subject)
  if (holds(own, subject)) return own
  if (own.boundTo !== undefined && own.boundTo !== key) {
    const bound = await episodes.load(own.boundTo)
    if (holds(bound, subject)) return bound
  }
  if (key !== subject && own.boundTo !== key) await episodes.bind(own, key)
  return named
}

const holds = ({ episode }: Stored, subject: string): boolean =>
  episode.incident !== undefined && episode.subjects[subject] !== undefined
