// What a page of Tocsin's own says: why, how bad, and of which incident.
import type { IncidentFacts } from './facts.ts'
import { cut } from './fit-json.ts'

export const pageText = (
  subject: string,
  why: string,
  arn: string,
  { impact }: IncidentFacts,
): { readonly subject: string; readonly content: string } => ({
  subject: cut(subject, 2000),
  content: cut(`${why}.\nImpact ${impact}.\n${arn}`, 8000),
})
