// Names that derive from what is done, never from chance, so that doing it again finds what was done.
import { hash } from 'node:crypto'

/** SHA-256 of `text` in hex: fits every client token of both APIs (api-facts, Tokens). */
export const sha256 = (text: string): string => hash('sha256', text)

/** A UUID (version 8) that derives from `text`. */
export function uuidOf(text: string): string {
  const hex = sha256(text)
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-')
}

/** The id of the incident that Tocsin's incident manager opens for a client token with this hash: known before the call, for the logs. */
export const incidentIdFrom = (tokenHash: string): string => uuidOf(`incident ${tokenHash}`)
