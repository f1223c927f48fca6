// What whoever carried a message knows of it, for what the message itself does not say.
export interface Receipt {
  /** Names what has no name of its own: a repeated delivery has the same. */
  readonly id: string
  /** When it was sent, and from where. */
  readonly at?: Date
  readonly account?: string
  readonly region?: string
}
