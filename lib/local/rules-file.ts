// Reads rules.yml: YAML with line numbers, compiled to the JSON that functions load. No function ever imports this.
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import type { Path } from '../automation/rules/operators.ts'
import type { Rules } from '../automation/rules/rules.ts'
import { compileRules, type DefaultsGiven, InvalidRules } from '../automation/rules/schema.ts'
import { readRulesText } from './rules-text.ts'
import { unresolvedAliases, yamlComplaints, yamlWarnings } from './yaml-complaints.ts'

/** Takes one line of what is doubtful in a file though it can be used, with the file and its line. */
export type Warn = (line: string) => void

/** The checked rules of the file at `path`. Throws InvalidRules with every problem, each with the file and its line. */
export function compileRulesFile(path: string, defaults: DefaultsGiven = {}, warn?: Warn): Rules {
  return compileRulesText(readRulesText(path), path, defaults, warn)
}

/** As compileRulesFile, of a text; `file` is the name that problems give. */
export function compileRulesText(text: string, file: string, defaults: DefaultsGiven = {}, warn?: Warn): Rules {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const complaints = yamlComplaints(document, lines, file)
  if (complaints.length > 0) throw new InvalidRules(complaints)
  for (const line of yamlWarnings(document, lines, file)) warn?.(line)
  const lineOf = (steps: Path): number | undefined => {
    const offset = offsetOf(document, steps)
    return offset === undefined ? undefined : lines.linePos(offset).line
  }
  try {
    return compileRules(document.toJS(), lineOf, file, defaults, warn)
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error
    // What YAML says of aliases of aliases without end, and of none; what the stack says of an anchor that holds itself.
    const unresolved = unresolvedAliases(document, lines, file)
    if (unresolved.length > 0) throw new InvalidRules(unresolved)
    const problem = error instanceof ReferenceError ? error.message : 'is nested without end'
    throw new InvalidRules([`${file}: ${problem}`])
  }
}

/** Where in the text a path stands: a member at its name, an item of a list where it begins. */
function offsetOf(document: Document, steps: Path): number | undefined {
  let node: unknown = document.contents
  let offset: number | undefined
  for (const step of steps) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step)
      if (!pair || !isScalar(pair.key)) return undefined
      offset = pair.key.range?.[0]
      node = pair.value
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step]
      offset = isNode(node) ? node.range?.[0] : undefined
    } else return undefined
  }
  return offset
}

const isNode = (value: unknown): value is Node => isMap(value) || isSeq(value) || isScalar(value)
