// A rules file after it has been read, checked and completed from its defaults: plain JSON, ready to be matched.
import type { Pattern } from './pattern.ts'
import type { Unmatched } from './unmatched.ts'

export interface Rules {
  readonly version: 1
  readonly ignore: readonly { readonly id: string; readonly reason: string; readonly match: Pattern }[]
  /** First match wins. */
  readonly rules: readonly (Rule & { readonly match: Pattern })[]
  /** For what matches none; its id is `default`. */
  readonly otherwise: Rule
  /** What becomes of what no rule matches; `UNMATCHED` where the file says nothing. */
  readonly unmatched?: Unmatched
  /** Where each rule and each entry of `ignore` stands, by id: `rules.yml:12`. */
  readonly places?: Readonly<Record<string, string>>
  /** What is wrong with the file since: these are the last good rules. Says file, line and field; for whoever runs Tocsin. */
  readonly problem?: string
}

/** What an episode keeps of the rule that opened it, so that an edit of the file does not orphan it. */
export interface Rule {
  readonly id: string
  readonly open: {
    /** A response plan's name or ARN. */
    readonly plan: string
    /** Templates: `${path.into.the.envelope}`. */
    readonly title?: string
    readonly impact?: number
    /** What makes two firings one incident; when left out, the alarm, or this rule, source, detail-type and first resource of an event. */
    readonly dedupe?: string
    readonly links: readonly { readonly title: string; readonly url: string }[]
  }
  readonly resolve: { readonly mode: 'unless-human' | 'never'; readonly afterSeconds: number }
  readonly autoAcknowledge: readonly 'answered-elsewhere'[]
  /** What becomes of an alarm that fires while its actions are disabled; it is held where nothing is said. */
  readonly actionsDisabled?: 'hold' | 'open'
  readonly escalate: readonly Escalation[]
  /** When an alarm that still fires opens again after a person resolved its incident; `REFIRE` when left out. */
  readonly refire?: 'never' | { readonly afterSeconds: number }
  /** When the last resort is told that nobody answers, at this impact or a higher one; `UNANSWERED` when left out. */
  readonly unanswered?: 'never' | { readonly afterSeconds: number; readonly impact: number }
}

/** As long as a person may need to see that what they did has not helped. */
export const REFIRE = { afterSeconds: 900 } as const
export const UNANSWERED = { afterSeconds: 1800, impact: 3 } as const

export interface Escalation {
  readonly unacknowledgedForSeconds: number
  /** Contacts by alias or ARN. */
  readonly engage: readonly string[]
  readonly impact?: number
  /** How many times in all, `unacknowledgedFor` apart. 1 when left out. */
  readonly repeat: number
}

export type Match =
  | {
      readonly kind: 'ignore'
      readonly id: string
      readonly reason: string
      /** No rule and no entry of `ignore` matches it. */
      readonly unmatched?: true
    }
  | { readonly kind: 'rule'; readonly rule: Rule }
