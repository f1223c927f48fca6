// What YAML says is wrong with a file, with the line to look at and a plain word of what to do.
import { isAlias, isScalar, type Document, type LineCounter, visit, type YAMLError } from 'yaml'

/** `file:line: ...`, one for each line: what follows a mistake on its line follows from it. */
export function yamlComplaints(document: Document, lines: LineCounter, file: string): string[] {
  const said = new Map<number, string>()
  for (const error of document.errors) {
    const { line } = lines.linePos(placeOf(error, document))
    if (!said.has(line)) said.set(line, `${file}:${line}: ${error.message} - ${plainWord(error)}`)
  }
  return [...said.values()]
}

/** As yamlComplaints, of what YAML only warns of. */
export const yamlWarnings = (document: Document, lines: LineCounter, file: string): string[] =>
  document.warnings.map(
    (warning) => `${file}:${lines.linePos(warning.pos[0]).line}: ${warning.message} - ${plainWord(warning)}`,
  )

/** Names (`*name`) that nothing before them has (`&name`). */
export function unresolvedAliases(document: Document, lines: LineCounter, file: string): string[] {
  const problems: string[] = []
  visit(document, {
    Alias(_, node) {
      if (!isAlias(node) || node.resolve(document)) return
      const { line } = lines.linePos(node.range?.[0] ?? 0)
      const word = `nothing before it is named &${node.source}; a text that begins with * is put in quotes`
      problems.push(`${file}:${line}: Unresolved alias *${node.source} - ${word}`)
    },
  })
  return problems
}

/** A quote that nobody has closed is missed at the end of the file, but is mended where it begins. */
function placeOf({ code, message, pos: [at] }: YAMLError, document: Document): number {
  if (code !== 'MISSING_CHAR' || !message.startsWith('Missing closing')) return at
  let begins = at
  if (document.errors.some((error) => error.code === 'RESOURCE_EXHAUSTION')) return at
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && node.type?.startsWith('QUOTE_') && node.range && node.range[1] >= at) begins = node.range[0]
    },
  })
  return begins
}

function plainWord({ code, message }: YAMLError): string {
  if (message.startsWith('Missing closing')) return 'the quote that begins here is never closed'
  if (message.startsWith('Alias cannot be an empty')) return 'a text that begins with * is put in quotes'
  if (message.startsWith('Flow'))
    return `a bracket that was opened is not closed before this line: a ${message.slice(-1)} is missing`
  return PLAIN_WORDS[code] ?? ANYTHING_ELSE
}

const COLON = 'a colon is missing after the name, or a quote or bracket is not closed'
const ANYTHING_ELSE =
  'see quotes, brackets, colons and how far this line and the one before are indented (spaces, no tabs)'

const PLAIN_WORDS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'put spaces where the tab is',
  DUPLICATE_KEY: 'the name on this line stands here a second time: say it once',
  MISSING_CHAR:
    'an item of a list begins with - and a member with its name and a colon; see how far the line is indented',
  BAD_INDENT: 'what belongs together must begin in the same column',
  BAD_SCALAR_START: 'put the text in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a text that holds a colon and a space is put in quotes',
  MULTILINE_IMPLICIT_KEY: COLON,
  KEY_OVER_1024_CHARS: COLON,
  MULTIPLE_DOCS: 'the file is one document: take out the line ---',
  BAD_DQ_ESCAPE: "a backslash in double quotes begins an escape: use single quotes, '...'",
  TAG_RESOLVE_FAILED: 'a ! begins a tag, which rules do not have: put the text in quotes',
}
