// The six digits that prove that a message has arrived.
import { randomInt, timingSafeEqual } from 'node:crypto'
import { sha256 } from '../../../aws/token.ts'

/** Six digits that nothing tells in advance. */
export const newCode = (): string => String(randomInt(1_000_000)).padStart(6, '0')

/** Whether two codes are the same, in a time that does not tell where they differ. */
export const sameCode = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)))
