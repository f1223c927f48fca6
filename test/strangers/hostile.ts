// Texts as somebody sends them who wants a parser to be busy: each family makes one of about so many characters.

const filled = (piece: string, length: number): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
/** A text that begins and ends otherwise, so that what matches to the end must fail there. */
const between = (before: string, piece: string, after: string) => (length: number) =>
  `${before}${filled(piece, Math.max(0, length - before.length - after.length))}${after}`
/** JSON of so many pieces. */
const listed = (before: string, piece: (at: number) => string, after: string) => (length: number) => {
  const count = Math.max(1, Math.floor((length - before.length - after.length) / (piece(1_000_000).length + 1)))
  return `${before}${Array.from({ length: count }, (_, at) => piece(1_000_000 + at)).join(',')}${after}`
}

type Family = (length: number) => string

export const TEXTS: Readonly<Record<string, Family>> = {
  ...Object.fromEntries(
    [
      '<',
      '@',
      ' ',
      '\t',
      '"',
      "'",
      '\\',
      '[',
      ']',
      '(',
      '=',
      '/',
      '.',
      ':',
      ';',
      ',',
      '-',
      '_',
      '*',
      '&',
      '%',
      '1',
      'a',
      'é',
      '😀',
      '\n',
      '\r\n',
      '> ',
    ].map((piece): [string, Family] => [`run of ${JSON.stringify(piece)}`, between('', piece, '')]),
  ),
  ...Object.fromEntries(
    [' ', '\t', '\n', 'a', '1', '@', '-', '_', '<', 'a@', '\r\n'].map((piece): [string, Family] => [
      `run of ${JSON.stringify(piece)} that ends otherwise`,
      between('x', piece, '\u0001'),
    ]),
  ),
  tags: between('', '<b>', ''),
  'open tags': between('', '<br <div ', ''),
  'open styles': between('', '<style>', ''),
  'open quotes of HTML': between('', '<blockquote><script>', ''),
  comments: between('', '<!-- ', ''),
  entities: between('', '&#48', ''),
  addresses: between('', 'a@b.c ', '<'),
  brackets: between('', '[arn:aws:ssm-contacts:a:b:page/', ''),
  arns: between('', 'arn:aws:', ''),
  numbers: between('', '482917 ', ''),
  'reply to this message with': between('', 'reply to this message with 482917 ', ''),
  datapoints: between('', '[1.1 ', ''),
  thresholds: between('', 'threshold (1', ''),
  words: between('', 'On a wrote: ', ''),
  'quoted lines': between('', '> On x wrote:\n', ''),
  'many headers': between('', 'X-A: b\r\n', '\r\n\r\nx'),
  'folded lines': between('Subject: ', '\r\n ', '\r\n\r\nx'),
  'folded spaces': between('Subject: ', ' \r\n \t ', 'x'),
  'a long boundary': between('Content-Type: multipart/mixed; boundary="', 'a', ''),
  'many boundaries': between('Content-Type: multipart/mixed; boundary=', 'a; boundary=', '\r\n\r\nx'),
  'parts of a mail': between('Content-Type: multipart/mixed; boundary=a\r\n\r\n', '\r\n--a\r\n\r\n', ''),
  'parts within parts': (length) => {
    let head = ''
    for (let depth = 0; depth < 200; depth += 1) head += `Content-Type: multipart/mixed; boundary=a\r\n\r\n\r\n--a\r\n`
    return (
      head.slice(0, length / 2) + filled('\r\n--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n', length / 2)
    )
  },
  'quoted-printable': between('Content-Transfer-Encoding: quoted-printable\r\n\r\n', '=\r\n', ''),
  'spaces after =': between('Content-Transfer-Encoding: quoted-printable\r\n\r\n', '= ', ''),
  base64: between('Content-Transfer-Encoding: base64\r\n\r\n', 'AAAA', ''),
  'HTML mail': between('Content-Type: text/html\r\n\r\n', '<a <', ''),
  'percent-encoding': between('', '%41%', ''),
  'query of many names': between('', 'a=1&', ''),
  'signed headers': between('Credential=a/b/c/d/e, SignedHeaders=', 'host;', ', Signature=b'),
}

/** JSON objects. */
export const JSONS: Readonly<Record<string, Family>> = {
  'deep lists': (length) => `{"a":${'['.repeat(length / 2)}${']'.repeat(length / 2)}}`,
  'deep objects': (length) => `${'{"a":'.repeat(length / 6)}1${'}'.repeat(length / 6)}`,
  'many numbers': listed('{"a":[', () => '1', ']}'),
  'many lists': listed('{"a":[', () => '[]', ']}'),
  'many objects': listed('{"a":[', () => '{}', ']}'),
  'many texts': listed('{"a":[', (at) => `"${at}"`, ']}'),
  'many names': listed('{', (at) => `"${at}a":1`, '}'),
  'many numbered names': listed('{', (at) => `"${at}":1`, '}'),
  'a long text': between('{"a":"', 'x', '"}'),
  'escaped quotes': between('{"a":"', String.raw`\"`, '"}'),
  'a long number': between('{"a":', '1', '}'),
  'an open text': between('{"a":"', 'x', ''),
  'a long name': between('{"', 'x', '":1}'),
}
