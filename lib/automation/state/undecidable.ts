// What cannot be decided, told apart from a call that fails: trying it again soon changes nothing, and somebody must be told.

/** `cause` is what was thrown, or what is wrong with what is stored. */
export class Undecidable extends Error {
  override readonly name = 'Undecidable'
  constructor(cause: unknown) {
    super(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause), { cause })
  }
}

/** Runs a decision, which only computes: whatever it throws is thrown as Undecidable. */
export function deciding<T>(decide: () => T): T {
  try {
    return decide()
  } catch (error) {
    throw error instanceof Undecidable ? error : new Undecidable(error)
  }
}
