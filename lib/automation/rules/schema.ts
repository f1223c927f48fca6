// The rules file: from what somebody wrote to checked rules with their defaults filled in, or to all that is wrong with it.
import { doubtsAbout } from './doubtful-patterns.ts'
import { templateDoubts } from './doubtful-templates.ts'
import { neverReached } from './never-reached.ts'
import { InvalidPattern, type Path } from './operators.ts'
import { parsePattern, type Pattern } from './pattern.ts'
import { CONTACT, PLAN, readName } from './names.ts'
import { Reader, type Problem } from './reader.ts'
import { type Escalation, REFIRE, type Rule, type Rules, UNANSWERED } from './rules.ts'
import { templateProblem } from './template.ts'
import { UNMATCHED, type Unmatched } from './unmatched.ts'

/** A rules file that cannot be used. Each problem says file, line, field and what it must be. */
export class InvalidRules extends Error {
  override readonly name = 'InvalidRules'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** What whoever deploys says of what the file's `defaults` leave open: a plan by name or ARN, a duration such as 10m. */
export interface DefaultsGiven {
  readonly plan?: string
  readonly quietTime?: string
}

/** What holds where neither a rule, nor the file's `defaults`, nor whoever deploys says otherwise. */
const BUILT_IN: Omit<Rule, 'id'> = {
  open: { plan: 'default', links: [] },
  resolve: { mode: 'unless-human', afterSeconds: 600 },
  autoAcknowledge: [],
  escalate: [],
  refire: REFIRE,
  unanswered: UNANSWERED,
}

/** What a rule and the defaults may say besides how to open. */
const TREATMENT = ['resolve', 'refire', 'unanswered', 'autoAcknowledge', 'actionsDisabled', 'escalate'] as const

/** The id of the rule for what matches none. */
const DEFAULT_ID = 'default'

/**
 * The rules of a parsed file. `lineOf` answers the line of a path of the document, where it has one; `file` is named in
 * the problems. Throws InvalidRules with every problem of the file, and of `given`. `warn` takes, as a line each, what is
 * doubtful though it can be used.
 */
export function compileRules(
  document: unknown,
  lineOf: (path: Path) => number | undefined,
  file: string,
  given: DefaultsGiven = {},
  warn: (line: string) => void = () => {},
): Rules {
  const [problems, warnings]: [Problem[], Problem[]] = [[], []]
  const top = new Reader(document ?? undefined, [], problems, warnings)
  if (top.isAbsent) top.problem('is empty; it must begin with version: 1')
  const rules = readRules(top, readGiven(new Reader(given, ['parameter'], problems, warnings)))
  const placeOf = (path: Path, name: string): string => {
    const line = nearestLine(path, lineOf)
    return line === undefined ? name : `${name}:${line}`
  }
  const told = ({ path, text }: Problem): string => `${placeOf(path, file)}: ${text}`
  if (problems.length > 0) throw new InvalidRules(problems.map(told))
  warnOfOrder(top, rules)
  for (const line of new Set(warnings.map(told))) warn(line)
  // Where the folder of whoever compiles them is, is nobody's business.
  const name = file.slice(file.lastIndexOf('/') + 1)
  const ids = idsOf(rules)
  const places = entriesOf(top).map(({ path }, at) => [ids[at] ?? '', placeOf(path, name)])
  return places.length > 0 ? { ...rules, places: Object.fromEntries(places) } : rules
}

/** What is compared with an event, in its order. */
const entriesOf = (top: Reader): readonly Reader[] => [...top.member('ignore').items(), ...top.member('rules').items()]
const idsOf = ({ ignore, rules }: Rules): readonly string[] => [...ignore, ...rules].map(({ id }) => id)

function warnOfOrder(top: Reader, rules: Rules): void {
  const [entries, ids] = [entriesOf(top), idsOf(rules)]
  for (const { at, behind, same } of neverReached([...rules.ignore, ...rules.rules].map(({ match }) => match)))
    entries[at]?.warning(
      same
        ? `never counts: ${ids[behind]} before it has the same pattern`
        : `never counts: ${ids[behind]} before it takes every event that it would`,
    )
}

/** The line of the path, or of what holds it where it is itself missing. */
function nearestLine(path: Path, lineOf: (path: Path) => number | undefined): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const line = lineOf(path.slice(0, length))
    if (line !== undefined) return line
  }
  return undefined
}

function readRules(top: Reader, builtIn: Omit<Rule, 'id'>): Rules {
  if (top.isObjectOf('version', 'defaults', 'ignore', 'rules') && top.member('version').value !== 1)
    top.member('version').problem('must be 1')
  const taken = new Set([DEFAULT_ID])
  const otherwise = { ...readDefaults(top.member('defaults'), builtIn), id: DEFAULT_ID }
  const unmatched = top.member('defaults').member('unmatched')
  return {
    version: 1,
    ignore: top
      .member('ignore')
      .items()
      .map((entry) => {
        entry.isObjectOf('id', 'reason', 'match')
        return {
          id: readId(entry, taken),
          reason: entry.member('reason').required().text(500) ?? '',
          match: readPattern(entry.member('match')),
        }
      }),
    rules: top
      .member('rules')
      .items()
      .map((entry) => {
        entry.isObjectOf('id', 'match', 'open', ...TREATMENT)
        const open = entry.member('open')
        open.isObjectOf('plan', 'title', 'impact', 'dedupe', 'links')
        return {
          id: readId(entry, taken),
          match: readPattern(entry.member('match')),
          open: { ...readOpen(open, otherwise.open), dedupe: readTemplate(open.member('dedupe'), 1000) },
          ...readTreatment(entry, otherwise),
        }
      }),
    otherwise,
    ...(unmatched.isAbsent ? {} : { unmatched: readUnmatched(unmatched) }),
  }
}

function readGiven(given: Reader): Omit<Rule, 'id'> {
  const { open, resolve } = BUILT_IN
  return {
    ...BUILT_IN,
    open: { ...open, plan: readName(given.member('plan'), PLAN) ?? open.plan },
    resolve: { ...resolve, afterSeconds: given.member('quietTime').seconds(0) ?? resolve.afterSeconds },
  }
}

function readDefaults(defaults: Reader, builtIn: Omit<Rule, 'id'>): Omit<Rule, 'id'> {
  defaults.isObjectOf('plan', 'title', 'impact', 'links', 'unmatched', ...TREATMENT)
  return { open: readOpen(defaults, builtIn.open), ...readTreatment(defaults, builtIn) }
}

function readUnmatched(unmatched: Reader): Unmatched {
  unmatched.isObjectOf('alarms', 'sent', 'aws')
  const read = (sort: keyof Unmatched): Unmatched[keyof Unmatched] =>
    unmatched.member(sort).oneOf('open', 'ignore') ?? UNMATCHED[sort]
  return { alarms: read('alarms'), sent: read('sent'), aws: read('aws') }
}

function readId(entry: Reader, taken: Set<string>): string {
  const id = entry.member('id').required().text(100)
  if (id === undefined) return ''
  if (taken.has(id)) entry.member('id').problem(id === DEFAULT_ID ? 'must not be default' : `is already taken: ${id}`)
  taken.add(id)
  return id
}

function readPattern(match: Reader): Pattern {
  if (match.required().isAbsent) return {}
  try {
    const pattern = parsePattern(match.value, '')
    for (const { path, text, certain } of doubtsAbout(pattern))
      if (certain) match.problem(text, path)
      else match.warning(text, path)
    return pattern
  } catch (error) {
    if (!(error instanceof InvalidPattern)) throw error
    match.problem(error.problem, error.path)
    return {}
  }
}

function readOpen(open: Reader, inherited: Rule['open']): Omit<Rule['open'], 'dedupe'> {
  return {
    plan: readName(open.member('plan'), PLAN) ?? inherited.plan,
    title: readTemplate(open.member('title'), 500) ?? inherited.title,
    impact: open.member('impact').integer(1, 5) ?? inherited.impact,
    links: open.member('links').isAbsent
      ? inherited.links
      : open
          .member('links')
          .items()
          .map((link) => {
            link.isObjectOf('title', 'url')
            return {
              title: readTemplate(link.member('title').required(), 200) ?? '',
              url: readUrl(link.member('url').required()) ?? '',
            }
          }),
  }
}

function readTreatment(entry: Reader, inherited: Omit<Rule, 'id'>): Pick<Rule, (typeof TREATMENT)[number]> {
  const [autoAcknowledge, escalate] = [entry.member('autoAcknowledge'), entry.member('escalate')]
  return {
    resolve: readResolve(entry.member('resolve'), inherited.resolve),
    refire: readRefire(entry.member('refire')) ?? inherited.refire,
    unanswered: readUnanswered(entry.member('unanswered'), inherited.unanswered),
    autoAcknowledge: autoAcknowledge.isAbsent
      ? inherited.autoAcknowledge
      : autoAcknowledge.items().flatMap((item) => item.oneOf('answered-elsewhere') ?? []),
    actionsDisabled: entry.member('actionsDisabled').oneOf('hold', 'open') ?? inherited.actionsDisabled,
    escalate: escalate.isAbsent ? inherited.escalate : escalate.items().map(readEscalation),
  }
}

/** `never`, or `{after: 10m, mode: unless-human}` of which either may be left out. */
function readResolve(resolve: Reader, inherited: Rule['resolve']): Rule['resolve'] {
  if (resolve.value === 'never') return { ...inherited, mode: 'never' }
  if (!resolve.isObjectOf('after', 'mode')) return inherited
  return {
    mode: resolve.member('mode').oneOf('unless-human', 'never') ?? inherited.mode,
    afterSeconds: resolve.member('after').seconds(0) ?? inherited.afterSeconds,
  }
}

/** `never`, or a duration. */
function readRefire(refire: Reader): Rule['refire'] {
  if (refire.value === 'never') return 'never'
  const afterSeconds = refire.seconds(60, 'never, or ')
  return afterSeconds === undefined ? undefined : { afterSeconds }
}

/** `never`, or `{after: 30m, impact: 3}` of which either may be left out. */
function readUnanswered(unanswered: Reader, inherited: Rule['unanswered']): Rule['unanswered'] {
  if (unanswered.value === 'never') return 'never'
  if (!unanswered.isObjectOf('after', 'impact')) return inherited
  const known = inherited && inherited !== 'never' ? inherited : UNANSWERED
  return {
    afterSeconds: unanswered.member('after').seconds(60) ?? known.afterSeconds,
    impact: unanswered.member('impact').integer(1, 5) ?? known.impact,
  }
}

function readEscalation(entry: Reader): Escalation {
  const known = entry.isObjectOf('unacknowledgedFor', 'engage', 'impact', 'repeat')
  const engage = entry.member('engage').items()
  if (known && engage.length === 0 && entry.member('impact').isAbsent)
    entry.problem('must engage somebody or set an impact')
  return {
    unacknowledgedForSeconds: entry.member('unacknowledgedFor').required().seconds(1) ?? 0,
    engage: engage.flatMap((contact) => readName(contact, CONTACT) ?? []),
    impact: entry.member('impact').integer(1, 5),
    repeat: entry.member('repeat').integer(1, 100) ?? 1,
  }
}

function readTemplate(place: Reader, longest: number): string | undefined {
  const template = place.text(longest)
  if (template === undefined) return undefined
  const problem = templateProblem(template)
  if (problem !== undefined) return place.problem(problem)
  for (const { text, certain } of templateDoubts(template))
    if (certain) place.problem(text)
    else place.warning(text)
  return template
}

function readUrl(place: Reader): string | undefined {
  const url = readTemplate(place, 1000)
  if (url === undefined || /^(https?:\/\/|\$\{)/.test(url)) return url
  return place.problem('must begin with https://, http:// or a ${field}')
}
