// The way from whom an engagement engaged to who is paged: through the plans that led there.
import type { Engagement as State, PageCommand } from '../../engine/engagement.ts'
import type { PathStep } from '../../store/pages.ts'

/** From the first to the one who is paged; each with the stage of the plan before that led to them. */
export function pathTo(
  { tracks }: Pick<State, 'tracks'>,
  { contactArn, plan, stage }: Pick<PageCommand, 'contactArn' | 'plan' | 'stage'>,
): PathStep[] {
  const engagedBy = new Map(tracks.map((track) => [track.contactArn, track.engagedBy]))
  // A stage may name the channel of somebody else than whose plan it is.
  const path: PathStep[] = contactArn === plan ? [] : [{ contactArn, stage }]
  for (let next: string | undefined = plan; next !== undefined;) {
    const before = engagedBy.get(next)
    path.unshift({ contactArn: next, stage: before?.stage })
    next = before?.contactArn
  }
  return path
}
