// What an e-mail holds: its headers and its readable text, without attachments. As much of MIME as replies need, in linear time.
import { htmlText } from './mail-html.ts'

export interface Header {
  /** In lower case. */
  readonly name: string
  readonly value: string
}

export interface Mail {
  /** Of the mail itself, not of its parts. */
  readonly headers: readonly Header[]
  /** The first plain part that says anything, else the first HTML part without its tags. */
  readonly text: string
}

/** From the raw text of an e-mail (RFC 5322, MIME). Never throws. */
export function parseMail(raw: string): Mail {
  const mail = parsePart(raw)
  let html: string | undefined
  for (const part of leaves(mail, 0)) {
    if (part.type !== 'text/plain' && (part.type !== 'text/html' || html !== undefined)) continue
    const text = decode(part)
    if (part.type === 'text/html') html = htmlText(text)
    else if (text.trim() !== '') return { headers: mail.headers, text }
  }
  return { headers: mail.headers, text: html ?? '' }
}

interface Part {
  readonly headers: readonly Header[]
  readonly type: string
  readonly boundary: string | undefined
  readonly encoding: string
  readonly isAttachment: boolean
  readonly body: string
}

function parsePart(raw: string): Part {
  // A line that is empty at once: there are no headers.
  const end = /^\r?\n|\r?\n\r?\n/.exec(raw)
  const headers = end ? headersIn(raw.slice(0, end.index)) : []
  const header = (name: string): string => headers.find((one) => one.name === name)?.value ?? ''
  const contentType = header('content-type')
  return {
    headers,
    type: (contentType.split(';', 1)[0] ?? '').trim().toLowerCase() || 'text/plain',
    boundary: /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType)?.slice(1).find(Boolean),
    encoding: header('content-transfer-encoding').toLowerCase(),
    isAttachment: /^attachment\b/i.test(header('content-disposition')),
    body: end ? raw.slice(end.index + end[0].length) : '',
  }
}

/** A line that begins with a space goes on with the one before. */
const headersIn = (head: string): Header[] =>
  head
    .replaceAll(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .flatMap((line) => {
      const colon = line.indexOf(':')
      return colon > 0
        ? [{ name: line.slice(0, colon).trimEnd().toLowerCase(), value: line.slice(colon + 1).trim() }]
        : []
    })

const DEEPEST = 10

/** Each level goes once through what it holds. */
function* leaves(part: Part, depth: number): Generator<Part> {
  if (!part.type.startsWith('multipart/') || part.boundary === undefined) {
    if (!part.isAttachment) yield part
  } else if (depth < DEEPEST) {
    // What stands before the first delimiter and after the last is for readers without MIME.
    for (const inner of `\n${part.body}`.split(`\n--${part.boundary}`).slice(1)) {
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
