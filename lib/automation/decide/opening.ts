// How an incident is opened: its plan, title and impact, what set it off, and what responders find on it.
import { render } from '../rules/template.ts'
import type { Rule } from '../rules/rules.ts'
import type { Envelope, Signal } from '../sources/signal.ts'
import { partitionOf } from '../../aws/arn.ts'
import type { RelatedItem, StartIncident } from './command.ts'
import { calledOf, subjectOf } from './change.ts'
import { fitJson, shortened } from './fit-json.ts'
import { MOST_ITEMS, unique } from './joining.ts'

/** StartIncident takes no more. */
export const RAW_DATA_LENGTH = 10_000
const TITLE_LENGTH = 200

/** Where Tocsin runs, and which plan opens what the rule's own plan cannot. */
export interface Home {
  readonly account: string
  readonly region: string
  readonly fallbackPlan?: string
  /** `all`: what AWS Health tells of other Regions counts, too. */
  readonly healthRegions?: 'own' | 'all'
}

/** The key under which firings are one incident: the rule's dedupe key, else what the rule is told of. */
export function dedupeKeyOf(rule: Rule, signal: Signal): string {
  const rendered = rule.open.dedupe ? render(rule.open.dedupe, signal.envelope).text : ''
  return rendered || matterOf(rule, signal)
}

/**
 * The alarm itself, also where one of its contributors fires. Of a resource, each rule is told for itself, and each kind of
 * event: a failover must not swallow that its disk is full.
 */
export function matterOf({ id }: Rule, signal: Signal): string {
  const { source, 'detail-type': type, resources } = signal.envelope
  if (signal.kind !== 'event') return resourceOf(signal)
  if (signal.about) return signal.about.key
  return resources[0] === undefined ? resourceOf(signal) : JSON.stringify([id, source, type, resources[0]])
}

const resourceOf = (signal: Signal): string => signal.envelope.resources[0] ?? subjectOf(signal)

/** What an incident says set it off: only AWS's own services may say that they are (API reference, TriggerDetails). */
export const sourceOf = (source: string): string => source.replace(/^aws\./u, 'tocsin.').slice(0, 50)

/** What a start says, but for its key, which follows from the incident's number. */
export function startIncident(
  rule: Rule,
  signal: Signal,
  at: Date,
  home: Home,
): { readonly command: Omit<StartIncident, 'key'>; readonly warnings: readonly string[] } {
  const warnings: string[] = []
  const own =
    rule.open.title === undefined
      ? ''
      : subjectIn(rule.open.title, signal) + filled(rule, rule.open.title, signal, 'open.title', warnings)
  const title = titled(named(own, signal), signal, home)
  const arn = resourceOf(signal)
  const found = itemsFor(rule, signal, home)
  return {
    warnings: [...warnings, ...found.warnings],
    command: {
      type: 'start-incident',
      reason: `Rule ${rule.id} opens an incident`,
      plan: rule.open.plan,
      ...(home.fallbackPlan && home.fallbackPlan !== rule.open.plan ? { otherPlan: home.fallbackPlan } : {}),
      ...(title ? { title } : {}),
      ...(rule.open.impact ? { impact: rule.open.impact } : {}),
      trigger: {
        source: sourceOf(signal.envelope.source),
        ...(isArn(arn) ? { arn } : {}),
        at,
        rawData: fitJson(signal.envelope, RAW_DATA_LENGTH),
      },
      relatedItems: found.items,
    },
  }
}

/** What responders find on the incident of this signal, whether it opens it or joins it. */
export function itemsFor(
  rule: Rule,
  signal: Signal,
  home: Home,
): { readonly items: readonly RelatedItem[]; readonly warnings: string[] } {
  const warnings: string[] = []
  const links = rule.open.links.flatMap(({ title: name, url }): RelatedItem[] => {
    const address = filled(rule, url, signal, `open.links ${name}`, warnings)
    if (isUrl(address)) return [{ type: 'OTHER', title: shortened(name, TITLE_LENGTH), url: address }]
    warnings.push(`rule ${rule.id}: open.links ${name} is left out, it does not give a URL for this event`)
    return []
  })
  return { items: unique([...links, ...itemsOf(signal, home)]).slice(0, MOST_ITEMS), warnings }
}

function filled(rule: Rule, template: string, signal: Signal, where: string, warnings: string[]): string {
  const { text, missing } = render(template, signal.envelope)
  // The title of the defaults names alarms; what is none has words of its own.
  for (const field of missing.filter((name) => name !== 'detail.alarmName' || signal.kind !== 'event'))
    warnings.push(`rule ${rule.id}: ${where} uses \${${field}}, which the event does not have`)
  return text
}

/** The account and the region of what comes from elsewhere, as far as they are others; empty for what is at home. */
function elsewhere({ envelope: { account, region } }: Signal, home: Home): string {
  return [account === home.account ? [] : [account], account === home.account && region === home.region ? [] : [region]]
    .flat()
    .join(' ')
}

/** A title that begins with what the event does not have would not say what it is about: the event's own words stand there. */
function subjectIn(title: string, signal: Signal): string {
  const [first] = /^\s*\$\{[^}]*\}/u.exec(title) ?? []
  return first && render(first, signal.envelope).missing.length ? nameOf(signal) : ''
}

function nameOf(signal: Signal): string {
  switch (signal.kind) {
    case 'event':
      return signal.about?.title ?? `${signal.envelope['detail-type']} from ${signal.envelope.source}`
    case 'alarm-state':
      return calledOf(signal)
    case 'alarm-configuration':
      return signal.alarm.name
  }
}

/** What is about something that it names, or about a series, says so whatever the rule's title is. */
function named(own: string, signal: Signal): string {
  if (signal.kind === 'event') return own || (signal.about?.title ?? '')
  if (signal.kind !== 'alarm-state' || signal.series === undefined || own.includes(signal.series)) return own
  return own ? `${own} (${signal.series})` : nameOf(signal)
}

/** Whoever is paged must know where to look: what comes from elsewhere says so, unless the rule's title does. */
function titled(own: string, signal: Signal, home: Home): string {
  const unsaid = elsewhere(signal, home)
    .split(' ')
    .filter((part) => part && !own.includes(part))
  if (!unsaid.length) return shortened(own, TITLE_LENGTH)
  const name = own || nameOf(signal)
  const where = ` [${unsaid.join(' ')}]`
  return `${shortened(name, TITLE_LENGTH - where.length)}${where}`
}

function itemsOf(signal: Signal, home: Home): RelatedItem[] {
  const { resources } = signal.envelope
  switch (signal.kind) {
    case 'alarm-state':
      return [
        ...[consoleLink(signal.envelope, signal.alarm.name)].filter(isUrl).map((url): RelatedItem => ({
          type: 'OTHER',
          title: ['Alarm in the CloudWatch console', elsewhere(signal, home)].filter(Boolean).join(' of '),
          url,
        })),
        ...signal.metrics.map(({ title, definition }): RelatedItem => ({
          type: 'METRIC',
          title,
          metricDefinition: definition,
        })),
        ...involved([...resources, ...signal.involved]),
      ]
    case 'event': {
      const { link } = signal.about ?? {}
      return [...(link ? [{ type: 'OTHER', ...link } as const] : []), ...involved(resources)]
    }
    case 'alarm-configuration':
      return involved(resources)
  }
}

const involved = (arns: readonly string[]): RelatedItem[] =>
  arns.filter(isArn).map((arn) => ({
    type: 'INVOLVED_RESOURCE',
    title: shortened(arn.split(':').slice(5).join(':'), TITLE_LENGTH),
    arn,
  }))

/** Of a partition whose console is not known there is no link: a wrong one would only cost time. */
function consoleLink({ region }: Envelope, alarmName: string): string {
  const host = CONSOLES[partitionOf(region)]
  if (host === undefined) return ''
  return `https://${region}.${host}/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(alarmName)}`
}

const CONSOLES: Readonly<Partial<Record<string, string>>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
  'aws-iso': 'console.c2shome.ic.gov',
  'aws-iso-b': 'console.sc2shome.sgov.gov',
}

/** An ARN as the incidents API takes it: others would have the whole start refused. */
const isArn = (text: string): boolean =>
  text.length <= 1000 && /^arn:aws(-cn|-us-gov)?:[a-z0-9-]*:[a-z0-9-]*:([0-9]{12})?:.+$/u.test(text)

const isUrl = (text: string): boolean => text.length <= 1000 && /^https?:\/\/[^\s/]+/u.test(text)
