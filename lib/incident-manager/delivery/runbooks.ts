// How a runbook is started, whoever does it.

/** One run of an Automation document. The same `token` (a UUID) again is the same run. */
export interface Runbook {
  readonly token: string
  readonly documentName: string
  readonly documentVersion?: string | undefined
  readonly parameters: Readonly<Record<string, readonly string[]>>
}

/** What became of it; `retry` says whether the same start is worth repeating. */
export type Started =
  | { readonly started: true; readonly executionId: string }
  | { readonly started: false; readonly retry: boolean; readonly reason: string }

export type StartRunbook = (runbook: Runbook) => Promise<Started>
