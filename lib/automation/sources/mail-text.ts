// What a person wrote in an e-mail: its text without headers, attachments and quoted mail. As much of MIME as replies need.

/** The readable text of a raw e-mail (RFC 5322, MIME): the first plain part, else the first HTML part without its tags. */
export function mailText(raw: string): string {
  const parts = [...leaves(parsePart(raw), 0)]
  const part = parts.find(({ type }) => type === 'text/plain') ?? parts.find(({ type }) => type === 'text/html')
  if (!part) return ''
  const text = decode(part)
  return part.type === 'text/html' ? withoutTags(text) : text
}

/** The lines that come before the mail that is answered, and none of its quoted lines. */
export function ownLines(text: string): string[] {
  const lines = text.split(/\r?\n/)
  const quote = lines.findIndex((line) => QUOTE_BEGINS.some((begins) => begins.test(line.trim())))
  return (quote < 0 ? lines : lines.slice(0, quote)).filter((line) => !line.trimStart().startsWith('>'))
}

/** How mail programs begin what they quote. */
const QUOTE_BEGINS = [/^On .*\bwrote:$/, /^-{2,} ?Original Message ?-{2,}$/i, /^_{10,}$/, /^(From|Sent): \S/]

interface Part {
  readonly type: string
  readonly boundary: string | undefined
  readonly encoding: string
  readonly body: string
}

function parsePart(raw: string): Part {
  const [, head = '', body = ''] = /^(.*?)(?:\r?\n){2}(.*)$/s.exec(`\n${raw}`) ?? []
  const unfolded = head.replaceAll(/\r?\n[ \t]+/g, ' ')
  const header = (name: string): string => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(unfolded)?.[1]?.trim() ?? ''
  const contentType = header('content-type')
  return {
    type: (contentType.split(';')[0] ?? '').trim().toLowerCase() || 'text/plain',
    boundary: /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType)?.slice(1).find(Boolean),
    encoding: header('content-transfer-encoding').toLowerCase(),
    body,
  }
}

const DEEPEST = 10

function* leaves(part: Part, depth: number): Generator<Part> {
  if (!part.type.startsWith('multipart/') || part.boundary === undefined) yield part
  else if (depth < DEEPEST) {
    const delimiter = `--${part.boundary}`
    // What stands before the first delimiter and after the last is for readers without MIME.
    for (const inner of `\n${part.body}`.split(`\n${delimiter}`).slice(1)) {
      if (inner.startsWith('--')) break
      yield* leaves(parsePart(inner.replace(/^[ \t]*\r?\n/, '')), depth + 1)
    }
  }
}

function decode({ encoding, body }: Part): string {
  switch (encoding) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8')
    case 'quoted-printable':
      return Buffer.from(
        body
          .replaceAll(/=[ \t]*\r?\n/g, '')
          .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      ).toString('utf8')
    default:
      return body
  }
}

const withoutTags = (html: string): string =>
  html
    .replaceAll(/<(style|script|blockquote)\b[\s\S]*?<\/\1>/gi, '')
    .replaceAll(/<(br|\/p|\/div|\/tr)\b[^>]*>/gi, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&nbsp;', ' ')
