// What the resources of a template refer to, and whether that makes sense: all of it exists, and none of it is a circle.
import { isObject, type Json } from '../../lib/local/json.ts'

/** Every resource that a value refers to, by whatever function. */
export function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    if (name === 'Ref' && typeof member === 'string') return [member]
    if (name === 'Fn::GetAtt' && Array.isArray(member)) return [String(member[0])]
    if (name === 'Fn::Sub') {
      const text = typeof member === 'string' ? member : JSON.stringify(member)
      return [...text.matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map(([, id = '']) => id)
    }
    if (name === 'DependsOn') return [member].flat().map(String)
    return references(member)
  })
}

/** What is wrong with the references of a template: to what is not there, and in circles. */
export function brokenReferences(template: Json): string[] {
  const graph = new Map(
    template
      .get('Resources')
      .entries()
      .map(([id, { value }]) => [id, references(value).filter((to) => !to.startsWith('AWS::'))]),
  )
  const problems: string[] = []
  const done = new Set<string>()
  const visit = (id: string, path: readonly string[]): void => {
    if (path.includes(id)) problems.push(`A circle: ${[...path, id].join(' -> ')}`)
    if (path.includes(id) || done.has(id)) return
    const next = graph.get(id)
    if (!next) problems.push(`${path.at(-1)} refers to ${id}, which does not exist`)
    for (const to of next ?? []) visit(to, [...path, id])
    done.add(id)
  }
  for (const id of graph.keys()) visit(id, [])
  for (const to of references(template.get('Outputs').value))
    if (!graph.has(to) && !to.startsWith('AWS::')) problems.push(`An output refers to ${to}, which does not exist`)
  return problems
}
