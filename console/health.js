// What is wrong with the machine that serves this page, and what to do: what a list of incidents cannot show.

/** `{state: 'ok' | 'failing' | 'unknown', problems, notes}`. Only one machine tells; behind a function URL it is unknown. */
export async function loadHealth() {
  if (nobodyTells) return healthIn(undefined)
  try {
    const response = await fetch('/_tocsin/health', { headers: { accept: 'application/json' } })
    const answer = await response.json().catch(() => undefined)
    nobodyTells = response.status < 500 && answer?.parts === undefined
    return healthIn(answer)
  } catch {
    return healthIn(undefined)
  }
}

/** What does not know the question need not be asked again. */
let nobodyTells = false

/** The same of what was answered, whatever that is. */
export function healthIn(answer) {
  if (typeof answer?.parts !== 'object' || answer.parts === null) return { state: 'unknown', problems: [], notes: [] }
  const failing = Object.entries(answer.parts).filter(([, part]) => part?.status !== 'ok')
  const problems = failing.map(([part, { detail } = {}]) => ({
    title: TITLES[part] ?? part,
    detail: String(detail ?? ''),
  }))
  const state = problems.length === 0 && answer.status === 'ok' ? 'ok' : 'failing'
  return { state, problems, notes: Array.isArray(answer.notes) ? answer.notes.map(String) : [] }
}

const TITLES = {
  sweep: 'Sweeps do not run',
  pending: 'What was decided is not done',
  rules: 'The rules are broken',
  deadLetters: 'Messages were given up',
  unopened: 'Alarms fire and have no incident',
  channels: 'Somebody on call cannot be paged',
  disk: 'Nothing can be kept',
}

/** What may be said where no incident is listed: that all is quiet only where that is known. */
export function quietWords(state, resolvedToo) {
  const title = resolvedToo ? 'No incident yet' : 'Nothing is open'
  if (state === 'ok') return { title, text: 'Every bell is silent.' }
  if (state === 'failing') return { title: `${title}, but not all is well`, text: 'Alarms may fire unseen: see above.' }
  return {
    title,
    text: 'Whether alarms reach Tocsin cannot be seen from here: its own alarms in CloudWatch tell.',
  }
}
