// A request that no API's model describes: it is not one of the protocol.

type Name =
  | 'SerializationException'
  | 'UnknownOperationException'
  | 'UnsupportedMediaTypeException'
  | 'RequestEntityTooLargeException'

export class ProtocolError extends Error {
  override readonly name: Name
  readonly status: number

  constructor(name: Name, status: number, message: string) {
    super(message)
    this.name = name
    this.status = status
  }
}

/** Input that is no JSON, or has a value of the wrong type. */
export const unreadable = (message: string): ProtocolError => new ProtocolError('SerializationException', 400, message)
