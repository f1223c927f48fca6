// The text of HTML as mail programs write it: without tags, styles and what they quote. Each character is looked at once.

/** What is in these is not the text of who wrote the mail. */
const LEFT_OUT = new Set(['style', 'script', 'blockquote'])
const ENDS_A_LINE = new Set(['br', '/p', '/div', '/tr'])
const NAME = /\/?[a-z][a-z0-9]*/iy

/** Never throws: a tag without an end is text, an element without one goes on to the end, as in a browser. */
export function htmlText(html: string): string {
  const text: string[] = []
  let leftOut = ''
  let depth = 0
  let at = 0
  for (let open = html.indexOf('<'); open >= 0; open = html.indexOf('<', at)) {
    if (depth === 0) text.push(html.slice(at, open))
    const [end, after] = html.startsWith('!--', open + 1) ? ['-->', 3] : ['>', 1]
    const close = html.indexOf(end, open + 1)
    if (close < 0) {
      at = open
      break
    }
    at = close + after
    NAME.lastIndex = open + 1
    const name = NAME.exec(html)?.[0].toLowerCase() ?? ''
    if (depth === 0 && LEFT_OUT.has(name)) [leftOut, depth] = [name, 1]
    else if (depth > 0 && name === leftOut) depth += 1
    else if (depth > 0 && name === `/${leftOut}`) depth -= 1
    else if (depth === 0 && ENDS_A_LINE.has(name)) text.push('\n')
  }
  if (depth === 0) text.push(html.slice(at))
  return text
    .join('')
    .replaceAll(/&(?:#(\d{1,6})|([a-z]{2,4}));/g, (entity, number, name) => characterOf(entity, number, name))
}

const ENTITIES: Readonly<Record<string, string>> = { nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"' }

const characterOf = (entity: string, number: string | undefined, name: string | undefined): string =>
  number === undefined ? (ENTITIES[name ?? ''] ?? entity) : String.fromCodePoint(Number(number))
