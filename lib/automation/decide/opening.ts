// How an incident is opened: its plan, title and impact, what set it off, and what responders find on it.
import { render } from '../rules/template.ts'
import type { Rule } from '../rules/rules.ts'
import type { Envelope, Signal } from '../sources/signal.ts'
import type { RelatedItem, StartIncident } from './command.ts'
import { subjectOf } from './change.ts'
import { fitJson, shortened } from './fit-json.ts'

const RAW_DATA_LENGTH = 10_000
const TITLE_LENGTH = 200
/** An incident holds 50 (api-facts, Quotas): some are left for its responders. */
const ITEMS = 40

/** Where Tocsin runs, and which plan opens what the rule's own plan cannot. */
export interface Home {
  readonly account: string
  readonly region: string
  readonly fallbackPlan?: string
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
  return signal.kind === 'event' && resources[0] !== undefined
    ? JSON.stringify([id, source, type, resources[0]])
    : resourceOf(signal)
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
  const filled = (template: string, where: string): string => {
    const { text, missing } = render(template, signal.envelope)
    for (const field of missing)
      warnings.push(`rule ${rule.id}: ${where} uses \${${field}}, which the event does not have`)
    return text
  }
  const own =
    rule.open.title === undefined ? '' : subjectIn(rule.open.title, signal) + filled(rule.open.title, 'open.title')
  const title = titled(own, signal, home)
  const arn = resourceOf(signal)
  const links = rule.open.links.flatMap(({ title: name, url }): RelatedItem[] => {
    const address = filled(url, `open.links ${name}`)
    if (isUrl(address)) return [{ type: 'OTHER', title: shortened(name, TITLE_LENGTH), url: address }]
    warnings.push(`rule ${rule.id}: open.links ${name} is left out, it does not give a URL for this event`)
    return []
  })
  return {
    warnings,
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
      relatedItems: unique([...links, ...itemsOf(signal, home)]).slice(0, ITEMS),
    },
  }
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

const nameOf = (signal: Signal): string =>
  signal.kind === 'event' ? `${signal.envelope['detail-type']} from ${signal.envelope.source}` : signal.alarm.name

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
    case 'alarm-configuration':
    case 'event':
      return involved(resources)
  }
}

const involved = (arns: readonly string[]): RelatedItem[] =>
  arns.filter(isArn).map((arn) => ({
    type: 'INVOLVED_RESOURCE',
    title: shortened(arn.split(':').slice(5).join(':'), TITLE_LENGTH),
    arn,
  }))

function consoleLink({ region }: Envelope, alarmName: string): string {
  const host = region.startsWith('cn-')
    ? 'console.amazonaws.cn'
    : region.startsWith('us-gov-')
      ? 'console.amazonaws-us-gov.com'
      : 'console.aws.amazon.com'
  return `https://${region}.${host}/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(alarmName)}`
}

/** An ARN as the incidents API takes it: others would have the whole start refused. */
const isArn = (text: string): boolean =>
  text.length <= 1000 && /^arn:aws(-cn|-us-gov)?:[a-z0-9-]*:[a-z0-9-]*:([0-9]{12})?:.+$/u.test(text)

const isUrl = (text: string): boolean => text.length <= 1000 && /^https?:\/\/[^\s/]+/u.test(text)

function unique(items: readonly RelatedItem[]): RelatedItem[] {
  const byValue = new Map<string, RelatedItem>()
  for (const item of items) {
    const value = item.type === 'METRIC' ? item.metricDefinition : item.type === 'OTHER' ? item.url : item.arn
    if (!byValue.has(value)) byValue.set(value, item)
  }
  return [...byValue.values()]
}
