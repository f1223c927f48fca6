// Wildcards of event patterns: `*` is any run of characters; `\*` and `\\` stand for themselves.

/** A test for the wildcard, or what is wrong with it. Takes time in proportion to the text, however many `*` there are. */
export function parseWildcard(wildcard: string): ((text: string) => boolean) | { readonly problem: string } {
  const pieces = ['']
  for (let index = 0; index < wildcard.length; index++) {
    const character = wildcard.charAt(index)
    if (character === '*') {
      if (wildcard.charAt(index + 1) === '*') return { problem: 'must not have two wildcards in a row' }
      pieces.push('')
      continue
    }
    if (character === '\\' && !'*\\'.includes(wildcard.charAt(++index) || ' '))
      return { problem: 'may have a backslash only before * or another backslash' }
    pieces[pieces.length - 1] += wildcard.charAt(index)
  }
  const [first = '', ...others] = pieces
  const last = others.pop()
  if (last === undefined) return (text) => text === first
  return (text) => inOrder(text, first, others, last)
}

/** Taking each piece at its first occurrence leaves the most room for the rest, so nothing is ever tried twice. */
function inOrder(text: string, first: string, middle: readonly string[], last: string): boolean {
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let from = first.length
  for (const piece of middle) {
    const found = text.indexOf(piece, from)
    if (found < 0) return false
    from = found + piece.length
  }
  return from <= text.length - last.length
}
