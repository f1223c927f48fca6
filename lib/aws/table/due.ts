// The shards of the due index: what is due is spread over them by its key, and a sweep looks into each.
import { sha256 } from '../token.ts'

const SHARDS = 4
export const DUE_SHARDS = Array.from({ length: SHARDS }, (_, shard) => `due#${shard}`)
/** The shard in which the item of this key waits. */
export const dueShard = (key: string): string => `due#${Number.parseInt(sha256(key).slice(0, 4), 16) % SHARDS}`
