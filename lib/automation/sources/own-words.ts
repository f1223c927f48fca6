// What a person wrote themselves in an answer: none of what mail programs quote, and none of our own page, however it comes back.

/** The first number of six digits that stands alone (not part of a longer number or of a word) in somebody's own words. */
export const ownCode = (text: string): string | undefined => codeIn(ownLines(withoutPageCodes(text)))

const codeIn = (text: string): string | undefined => /(?<![\p{L}\p{N}_])\d{6}(?![\p{L}\p{N}_])/u.exec(text)?.[0]

/** The lines that come before the mail that is answered, and none of its quoted lines. */
function ownLines(text: string): string {
  const lines = text.split(/\r?\n/)
  const quote = lines.findIndex((line) => QUOTE_BEGINS.some((begins) => begins.test(line.trim())))
  return (quote < 0 ? lines : lines.slice(0, quote)).filter((line) => !line.trimStart().startsWith('>')).join('\n')
}

/** How mail programs begin what they quote. */
const QUOTE_BEGINS = [/^On .*\bwrote:$/, /^-{2,} ?Original Message ?-{2,}$/i, /^_{10,}$/, /^(From|Sent): \S/]

/**
 * How a page says its code on the channels (page-message.ts of the incident manager): the words before the
 * code, and those after it. A machine that repeats a page, wrapped anew or in the midst of its own words, has not written it.
 */
const PAGE_SAYS: readonly (readonly [before: readonly string[], after: readonly string[]])[] = [
  [['reply'], ['to', 'acknowledge']],
  [['reply', 'to', 'this', 'message', 'with'], []],
  [['with'], ['or', 'run']],
  [['accept-code'], []],
  [['code', 'to', 'acknowledge', 'is'], []],
  [['activation', 'code', 'is'], []],
]
const MOST_BEFORE = 5
const MOST_AFTER = 2

/** Words of a text; what joins `accept` and `code` belongs to the word, whatever a mail program makes of it. */
const WORD = /accept[-\u2010-\u2015]\s?code|[\p{L}\p{N}_]+/giu

/** The same text, each code blank that stands where a page has its own. */
function withoutPageCodes(text: string): string {
  const words = [...text.matchAll(WORD)]
  const said = (at: number): string => (words[at]?.[0] ?? '').toLowerCase().replace(/^accept.\s?code$/u, 'accept-code')
  let kept = ''
  let from = 0
  for (const [at, word] of words.entries()) {
    if (!/^\d{6}$/.test(word[0])) continue
    const before = Array.from({ length: MOST_BEFORE }, (_, back) => said(at - MOST_BEFORE + back))
    const after = Array.from({ length: MOST_AFTER }, (_, on) => said(at + 1 + on))
    if (
      !PAGE_SAYS.some(
        ([lead, rest]) => isEqual(before.slice(-lead.length), lead) && isEqual(after.slice(0, rest.length), rest),
      )
    )
      continue
    kept += text.slice(from, word.index)
    from = word.index + word[0].length
  }
  return kept + text.slice(from)
}

const isEqual = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((one, at) => one === others[at])
