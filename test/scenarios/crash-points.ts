// Tells a story again and again, with each call refused in turn, and with its process dying after each call in turn, and compares how it ends.
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openDatabase } from '../../lib/aws/table/sqlite-database.ts'
import { restore } from '../../lib/local/backup.ts'
import type { SystemOptions } from '../../lib/local/system.ts'
import { type Fault, Faults } from './faults.ts'
import { type Engine, Rehearsal, type TimelineEntry } from './rehearsal.ts'

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
  /** What happens, one after the other. */
  readonly steps: readonly Step[]
  /** How its incident ends, whatever happens. */
  readonly ends?: { readonly impact: number; readonly running: boolean; readonly paged?: readonly string[] }
  /** How many of the first steps another story has had die already; none, when left out. */
  readonly triedElsewhere?: number
}

/** `hurried`: whether the next event comes before the retry of the last. Ends when nothing is going on. */
type Step = (on: Rehearsal, hurried: boolean) => Promise<unknown>

/** So many minutes pass, in steps of whole minutes: the story can go on from each of them, and sweeps come as they would. */
export const minutes = (count: number): Step[] =>
  count > STEP_MINUTES ? [...minutes(STEP_MINUTES), ...minutes(count - STEP_MINUTES)] : [(on) => on.minutes(count)]

const STEP_MINUTES = 4

/** So many minutes pass, unless the next event comes before the retry of the last: a retry of the queue takes three. */
export const settle = (count: number): Step[] =>
  minutes(count).map((step) => async (on, hurried) => (hurried ? undefined : step(on, hurried)))

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
 * of the last, an alarm that was never seen firing has nobody paged for it, and paging anew engages by their own ARN whom
 * the page had reached by then: who is paged must be equal, and whether it goes on, not how often and through which plan.
 */
async function finalState(on: Rehearsal, hurried: boolean) {
  const records = await on.records()
  const pages = (await on.pages()).map(({ contactArn, type }) => `${contactArn} ${type}`).toSorted()
  const incidents = await Promise.all(
    records.map(async ({ arn, status, title, impact }) => {
      const entries = (await on.timeline(arn ?? '')).filter(({ data }) => !isAboutLateness(data, hurried))
      const paged = entries.filter(({ type }) => type === 'SSM Contacts Page for Incident')
      const engagements = await on.engagements(arn ?? '')
      const running = engagements.flatMap(({ StopTime, ContactArn }) => (StopTime ? [] : [String(ContactArn)]))
      return {
        status,
        title,
        impact,
        timeline: entries
          .filter(({ type }) => type !== 'SSM Contacts Page for Incident')
          .map(line)
          .toSorted(),
        paged: (hurried
          ? [...new Set(paged.map(({ data }) => String(data['contactArn'])))]
          : paged.map(line)
        ).toSorted(),
        items: (await on.relatedItems(arn ?? '')).map((item) => JSON.stringify(item.identifier)).toSorted(),
        running: hurried ? running.length > 0 : running.toSorted(),
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

/** Where a story has come to: a data folder to go on from, again and again. */
class Chapters {
  readonly #root = mkdtempSync(join(tmpdir(), 'tocsin-story-'))
  readonly #story: Story

  constructor(story: Story) {
    this.#story = story
  }

  close(): void {
    rmSync(this.#root, { recursive: true })
  }

  /** Begins with the data folder of the step, which stays as it is. */
  async goOn<T>(step: number, faults: Faults, tell: (on: Rehearsal) => Promise<T>): Promise<T> {
    const data = join(this.#root, 'now')
    if (existsSync(this.#folder(step))) cpSync(this.#folder(step), data, { recursive: true })
    const options = { ...this.#story.options, watch: faults.watch, data, openDatabase: openUnsynced }
    const on = await Rehearsal.start('sqlite', options, this.#story.rules ?? RULES)
    try {
      faults.calls.length = 0
      return await tell(on)
    } finally {
      await on.close()
      rmSync(data, { recursive: true })
    }
  }

  /** Keeps how it is now as where the step begins. */
  async keep(step: number, on: Rehearsal): Promise<void> {
    const file = join(this.#root, `${step}.backup`)
    const answer = await fetch(`${on.system.url}/_tocsin/backup`, { method: 'POST', body: JSON.stringify({ file }) })
    if (!answer.ok) throw new Error(await answer.text())
    await restore(file, this.#folder(step), on.system.now())
  }

  #folder(step: number): string {
    return join(this.#root, String(step))
  }
}

/** What dies here is a part of this process, not the machine: nothing has to be on disk. */
function openUnsynced(path: string): ReturnType<typeof openDatabase> {
  const database = openDatabase(path)
  database.read((db) => db.exec('PRAGMA synchronous = OFF'))
  return database
}

/** Tells each step from where the last one ended; answers the calls of each, and how it all ends. */
async function undisturbed({ steps }: Story, chapters: Chapters, hurried: boolean) {
  const calls: string[][] = []
  let state: Awaited<ReturnType<typeof finalState>> | undefined
  for (const [number, step] of steps.entries()) {
    const faults = new Faults()
    await chapters.goOn(number, faults, async (on) => {
      if (number === 0) await chapters.keep(0, on)
      await step(on, hurried)
      calls.push([...faults.calls])
      if (number + 1 < steps.length) await chapters.keep(number + 1, on)
      else state = await finalState(on, hurried)
    })
  }
  return { calls, state }
}

const isRead = (name: string): boolean => /^\S+ (?:get|query) |^client (?:Describe|Get|List)/u.test(name)
/** Sweeps with nothing to do read the same: so many reads of a name are refused in a story. */
const READS_REFUSED = 3

/**
 * Where what is on disk differs, or the answer: whoever dies after a read leaves what the write before it left, so that
 * only the first call of a step is taken whatever it is.
 */
function pointsOf(steps: readonly (readonly string[])[], triedElsewhere: number) {
  const calls = steps
    .flatMap((names, step) => names.map((name, index) => ({ step, name, at: index + 1 })))
    .filter(({ step }) => step >= triedElsewhere)
  const reads = Map.groupBy(calls, ({ name }) => name)
  return {
    before: calls.filter((call) => !isRead(call.name) || (reads.get(call.name) ?? []).indexOf(call) < READS_REFUSED),
    after: calls.filter(({ name, at }) => !isRead(name) || at === 1),
  }
}

/** Dies at every point of the story, and expects the same end each time. Answers how many points were tried. */
export async function dieEverywhere(story: Story, hurried: boolean): Promise<number> {
  const chapters = new Chapters(story)
  try {
    const { calls, state: expected } = await undisturbed(story, chapters, hurried)
    expect(expected?.incidents.length).toBeGreaterThan(0)
    const points = pointsOf(calls, story.triedElsewhere ?? 0)
    for (const when of ['before', 'after'] as const)
      for (const { step, name, at } of points[when]) {
        const state = await disturbed(story, chapters, hurried, step, { at, when })
        expect(state, `failed ${when} call ${at} of step ${step}: ${name}`).toEqual(expected)
      }
    const tried = points.before.length + points.after.length
    console.log(
      `${tried} crash points tried: ${story.name}, ${hurried ? 'the next event before the retry' : 'one event at a time'}`,
    )
    return tried
  } finally {
    chapters.close()
  }
}

/** Without what differs from one run to the next. */
const kindOf = (name: string): string => name.replace(/#.*$/u, '#')

/** Tells the story from its beginning, sweeps' lists counted; answers its calls and how it ends. */
async function tell(story: Story, engine: Engine, fault?: Fault) {
  const faults = new Faults({ lists: true })
  const on = await Rehearsal.start(engine, { ...story.options, watch: faults.watch }, story.rules ?? RULES)
  try {
    faults.calls.length = 0
    faults.fault = fault
    for (const step of story.steps) await step(on, false)
    faults.fault = undefined
    const calls = [...faults.calls]
    // A retry is later than what takes minutes here: how often somebody is paged is not compared.
    return { calls, state: await finalState(on, true) }
  } finally {
    await on.close()
  }
}

/** The kinds of calls that a story makes. */
export const kindsOf = async (story: Story): Promise<Set<string>> =>
  new Set((await tell(story, 'sqlite')).calls.map(kindOf))

/**
 * Dies once at every call of another kind that the story makes and `known` does not, and expects the same end each time.
 * On DynamoDB's engine, which keeps nothing to go on from, each story is told from its beginning.
 */
export async function dieOnce(story: Story, engine: Engine, known: ReadonlySet<string>): Promise<number> {
  const { calls, state: expected } = await tell(story, engine)
  expect(expected.incidents).toMatchObject([story.ends ?? {}])
  const points = calls.flatMap((name, index) => {
    const isNew = !known.has(kindOf(name)) && calls.findIndex((each) => kindOf(each) === kindOf(name)) === index
    if (!isNew) return []
    const at = index + 1
    return [{ name, at, when: 'before' as const }, ...(isRead(name) ? [] : [{ name, at, when: 'after' as const }])]
  })
  for (const { name, at, when } of points)
    expect((await tell(story, engine, { at, when })).state, `failed ${when} call ${at}: ${name}`).toEqual(expected)
  console.log(`${points.length} crash points tried: ${story.name}, on ${engine}`)
  return points.length
}

/** Goes on from the step with the fault to the end; answers how it ends. */
async function disturbed({ steps }: Story, chapters: Chapters, hurried: boolean, from: number, fault: Fault) {
  const faults = new Faults()
  return chapters.goOn(from, faults, async (on) => {
    faults.fault = fault
    for (const step of steps.slice(from)) await step(on, hurried)
    faults.fault = undefined
    return finalState(on, hurried)
  })
}
