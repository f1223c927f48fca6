// How an incident is opened: its plan, title and impact, what set it off, and what responders find on it.
import { render } from '../rules/template.ts'
import type { Rule } from '../rules/rules.ts'
import type { Envelope, Signal } from '../sources/signal.ts'
import type { RelatedItem, StartIncident } from './command.ts'
import { subjectOf } from './change.ts'
import { fitJson } from './fit-json.ts'

const RAW_DATA_LENGTH = 10_000
const TITLE_LENGTH = 200
const ITEMS = 50

/** The key under which firings are one incident: the rule's dedupe key, else what the signal is about. */
export function dedupeKeyOf(rule: Rule, signal: Signal): string {
  const rendered = rule.open.dedupe ? render(rule.open.dedupe, signal.envelope).text : ''
  return rendered || resourceOf(signal)
}

/** The alarm itself, also where one of its contributors fires. */
const resourceOf = (signal: Signal): string => signal.envelope.resources[0] ?? subjectOf(signal)

export function startIncident(
  key: string,
  rule: Rule,
  signal: Signal,
  at: Date,
): { readonly command: StartIncident; readonly warnings: readonly string[] } {
  const warnings: string[] = []
  const filled = (template: string, where: string): string => {
    const { text, missing } = render(template, signal.envelope)
    for (const field of missing)
      warnings.push(`rule ${rule.id}: ${where} uses \${${field}}, which the event does not have`)
    return text
  }
  const title = rule.open.title === undefined ? '' : filled(rule.open.title, 'open.title').slice(0, TITLE_LENGTH)
  const arn = resourceOf(signal)
  const links = rule.open.links.flatMap(({ title: name, url }): RelatedItem[] => {
    const address = filled(url, `open.links ${name}`)
    if (isUrl(address)) return [{ type: 'OTHER', title: name.slice(0, TITLE_LENGTH), url: address }]
    warnings.push(`rule ${rule.id}: open.links ${name} is left out, it does not give a URL for this event`)
    return []
  })
  return {
    warnings,
    command: {
      type: 'start-incident',
      key,
      reason: `Rule ${rule.id} opens an incident`,
      plan: rule.open.plan,
      ...(title ? { title } : {}),
      ...(rule.open.impact ? { impact: rule.open.impact } : {}),
      trigger: {
        source: signal.envelope.source.slice(0, 50),
        ...(arn.startsWith('arn:') ? { arn } : {}),
        at,
        rawData: fitJson(signal.envelope, RAW_DATA_LENGTH),
      },
      relatedItems: unique([...links, ...itemsOf(signal)]).slice(0, ITEMS),
    },
  }
}

function itemsOf(signal: Signal): RelatedItem[] {
  const resources = signal.envelope.resources.filter((resource) => resource.startsWith('arn:'))
  switch (signal.kind) {
    case 'alarm-state':
      return [
        {
          type: 'OTHER',
          title: 'Alarm in the CloudWatch console',
          url: consoleLink(signal.envelope, signal.alarm.name),
        },
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
  arns.map((arn) => ({
    type: 'INVOLVED_RESOURCE',
    title: arn.split(':').slice(5).join(':').slice(0, TITLE_LENGTH),
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

const isUrl = (text: string): boolean => text.length <= 1000 && /^https?:\/\/[^\s/]+/u.test(text)

function unique(items: readonly RelatedItem[]): RelatedItem[] {
  const byValue = new Map<string, RelatedItem>()
  for (const item of items) {
    const value = item.type === 'METRIC' ? item.metricDefinition : item.type === 'OTHER' ? item.url : item.arn
    if (!byValue.has(value)) byValue.set(value, item)
  }
  return [...byValue.values()]
}
