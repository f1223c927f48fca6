// Tells a story again and again, with each call refused in turn, and with its process dying after each call in turn, and compares how it ends.
import { expect } from 'vitest'
import type { SystemOptions } from '../../lib/local/system.ts'
import { type Fault, Faults } from './faults.ts'
import { Rehearsal, type TimelineEntry } from './rehearsal.ts'

const RULES = `
version: 1
defaults:
  plan: default
  resolve: {after: 5m, mode: unless-human}
  autoAcknowledge: [answered-elsewhere]
  escalate: [{unacknowledgedFor: 9m, engage: [manager], impact: 1}]
`

export interface Story {
  readonly name: string
  readonly options?: Partial<SystemOptions>
  readonly rules?: string
  /** `settle` lets so many minutes pass: a retry of the queue takes three. Where the next event comes first, it does nothing. */
  readonly tell: (on: Rehearsal, settle: (minutes: number) => Promise<unknown>) => Promise<void>
}

/** What a person does is repeated until it is answered, as a person does. */
export async function insist<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++)
    try {
      return await act()
    } catch (error) {
      if (tries > 3) throw error
    }
}

/**
 * What must be equal: everything but the instants and ids that a retry moves. Where the next event comes before the retry
 * of the last, an alarm that was never seen firing has nobody paged for it: who is paged must be equal, not how often.
 */
async function finalState(on: Rehearsal, hurried: boolean) {
  const records = await on.records()
  const pages = (await on.pages()).map(({ contactArn, type }) => `${contactArn} ${type}`).toSorted()
  const incidents = await Promise.all(
    records.map(async ({ arn, status, title, impact }) => {
      const entries = (await on.timeline(arn ?? '')).filter(({ data }) => !isAboutLateness(data, hurried))
      const paged = entries.filter(({ type }) => type === 'SSM Contacts Page for Incident').map(line)
      const engagements = await on.engagements(arn ?? '')
      return {
        status,
        title,
        impact,
        timeline: entries
          .filter(({ type }) => type !== 'SSM Contacts Page for Incident')
          .map(line)
          .toSorted(),
        paged: (hurried ? [...new Set(paged)] : paged).toSorted(),
        items: (await on.relatedItems(arn ?? '')).map((item) => JSON.stringify(item.identifier)).toSorted(),
        running: engagements.flatMap(({ StopTime, ContactArn }) => (StopTime ? [] : [String(ContactArn)])).toSorted(),
      }
    }),
  )
  // SNS forgets what it has published: a process that dies just then makes it twice.
  const lastResort = [...new Set((await on.lastResorts()).map(({ subject }) => subject))]
  return { incidents, lastResort, pages: hurried ? [...new Set(pages)] : pages, failures: await on.system.failures() }
}

/** Whether paging was stopped in between, and begun anew, depends on how late the next firing comes. */
const isAboutLateness = ({ message }: Record<string, unknown>, hurried: boolean): boolean =>
  (hurried ? /^(?:Paging (?:stopped|anew)|Opened late)/u : /^(?:Paging stopped|Opened late)/u).test(String(message))

const line = ({ type, data }: TimelineEntry): string =>
  // Whether its own event or CloudWatch told of a state first depends on lateness, too.
  typeof data['alarmArn'] === 'string' && typeof data['state'] === 'string'
    ? `${type} ${data['alarmArn']} ${data['state']}`
    : `${type} ${withoutInstants(JSON.stringify(data))}`

/** Which of several changes opened the incident depends on which came through first: the record of it is not compared. */
const withoutInstants = (text: string): string =>
  text
    .replaceAll(/"rawData":"(?:[^"\\]|\\.)*"/gu, '"rawData"')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, '<instant>')
    .replaceAll(/[\da-f]{8}-[\da-f-]{27}/gu, '<id>')
    .replaceAll(/for \d+ minutes/gu, 'for <some> minutes')

async function told(story: Story, hurried: boolean, fault?: Fault) {
  const faults = new Faults()
  const on = await Rehearsal.start('sqlite', { ...story.options, watch: faults.watch }, story.rules ?? RULES)
  try {
    faults.calls.length = 0
    faults.fault = fault
    await story.tell(on, async (minutes) => (hurried ? undefined : on.minutes(minutes)))
    const calls = [...faults.calls]
    faults.fault = undefined
    return { calls, state: await finalState(on, hurried) }
  } finally {
    await on.close()
  }
}

/** Dies at every point of the story, and expects the same end each time. Answers how many points were tried. */
export async function dieEverywhere(story: Story, hurried: boolean): Promise<number> {
  const undisturbed = await told(story, hurried)
  expect(undisturbed.state.incidents.length).toBeGreaterThan(0)
  let points = 0
  for (const when of ['before', 'after'] as const)
    for (let at = 1; at <= undisturbed.calls.length; at++, points++) {
      const { state } = await told(story, hurried, { at, when })
      expect(state, `failed ${when} call ${at}: ${undisturbed.calls[at - 1]}`).toEqual(undisturbed.state)
    }
  console.log(
    `${points} crash points tried: ${story.name}, ${hurried ? 'the next event before the retry' : 'one event at a time'}`,
  )
  return points
}
