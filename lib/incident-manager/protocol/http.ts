// A request and its answer as plain data, whatever server or function they came through.

export interface HttpRequest {
  readonly method: string
  /** As it was sent: percent-encoding untouched, without the query string. */
  readonly path: string
  /** As it was sent, without the question mark. */
  readonly query: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
