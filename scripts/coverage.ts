// Writes docs/coverage.md: each operation of both APIs, whether it is implemented, its conformance tests, and what differs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Model } from '../lib/incident-manager/model/model.ts'
import { ssmContacts } from '../lib/incident-manager/model/ssm-contacts.generated.ts'
import { ssmIncidents } from '../lib/incident-manager/model/ssm-incidents.generated.ts'
import { contactsOperations, incidentsOperations } from '../lib/incident-manager/operations/registry.ts'
import { helpIfAsked } from '../lib/local/usage.ts'

const COVERAGE = new URL('../docs/coverage.md', import.meta.url)
const DIFFERENCES = new URL('../docs/differences-from-aws.md', import.meta.url)
const CONFORMANCE = '../test/conformance'

/** One entry of docs/differences-from-aws.md. */
export interface Difference {
  /** `Incidents`, `Contacts` or `Both APIs`. */
  readonly section: string
  readonly text: string
  /** The files that show it, by their names. */
  readonly tests: readonly string[]
}

/** The entries of docs/differences-from-aws.md; each ends with the tests that show it. */
export function differences(markdown = readFileSync(DIFFERENCES, 'utf8')): Difference[] {
  return markdown.split(/^## /mu).flatMap((part) => {
    const [section = '', ...lines] = part.split('\n')
    const bullets = lines.join('\n').split(/^- /mu).slice(1)
    return bullets.map((bullet) => {
      const [text = '', tests = ''] = bullet
        .replaceAll(/\s+/gu, ' ')
        .trim()
        .split(/ Tests?: /u)
      return { section, text, tests: [...tests.matchAll(/`([^`]+)`/gu)].map(([, name]) => name ?? '') }
    })
  })
}

/** What docs/coverage.md has to say now. */
export function coverage(): string {
  const known = differences()
  const apis = [
    { title: 'Incidents', model: ssmIncidents, handlers: incidentsOperations },
    { title: 'Contacts', model: ssmContacts, handlers: contactsOperations },
  ]
  return `# What is implemented

Written by \`npm run coverage\` from the API's models, the registry of operations, the conformance tests and
[what differs](differences-from-aws.md), which also has what concerns all operations.
${apis.map(({ title, model, handlers }) => table(title, model, handlers, known)).join('')}`
}

function table(title: string, model: Model, handlers: object, known: readonly Difference[]): string {
  const names = Object.keys(model.operations).toSorted((a, b) => a.localeCompare(b))
  const rows = names.map((name) => {
    const file = `${model.service}/${kebab(name)}.test.ts`
    const tested = existsSync(new URL(`${CONFORMANCE}/${file}`, import.meta.url))
    return {
      implemented: Object.hasOwn(handlers, name),
      tested,
      cells: [
        name,
        Object.hasOwn(handlers, name) ? 'yes' : 'no',
        tested ? `[${kebab(name)}](${CONFORMANCE}/${file})` : 'none',
        differing(
          name,
          known.filter(({ section }) => section === title || section === 'Both APIs'),
        ),
      ],
    }
  })
  const count = (of: 'implemented' | 'tested') => rows.filter((row) => row[of]).length
  return `
## ${title}

\`${model.service}\`: ${count('implemented')} of ${names.length} operations are implemented, ${count('tested')} have conformance tests.

| operation | implemented | conformance | what differs |
|---|---|---|---|
${rows.map(({ cells }) => `| ${cells.join(' | ')} |`).join('\n')}
`
}

const kebab = (name: string): string => name.replaceAll(/(?<=[a-z])[A-Z]/gu, (letter) => `-${letter}`).toLowerCase()

/** The sentences that name the operation; of entries that its conformance tests show but do not name it, how they begin. */
function differing(name: string, known: readonly Difference[]): string {
  const naming = new RegExp(`\\b${name}\\b`, 'u')
  const said = known.flatMap(({ text, tests }) => {
    const sentences = text.split(/(?<=\.) /u)
    const named = sentences.filter((sentence) => naming.test(sentence))
    if (named.length || !tests.includes(`${kebab(name)}.test.ts`)) return named
    return sentences.length > 1 ? [`${sentences[0]} ...`] : sentences
  })
  return said.join(' ').replaceAll('|', '\\|')
}

if (import.meta.main) {
  helpIfAsked('Usage: npm run coverage   (writes docs/coverage.md)')
  writeFileSync(COVERAGE, coverage())
}
