// What a person wrote themselves in an answer: none of what mail programs quote, and none of our own page, however it comes back.

/** The first number of six digits that stands alone (not part of a longer number or of a word) in somebody's own words. */
export const ownCode = (text: string): string | undefined => CODE.exec(ownLines(text.replaceAll(PAGE_SAYS, ' ')))?.[0]

const CODE = /(?<![\p{L}\p{N}_])\d{6}(?![\p{L}\p{N}_])/u

/** What may stand between two words; a limit, so that nobody can have it looked through again and again. */
const GAP = String.raw`[^\p{L}\p{N}_]{1,60}`
const said = (words: string): string => words.replaceAll(' ', GAP)

/**
 * How a page says its code on the channels (page-message.ts of the incident manager). A machine that repeats a page, wrapped
 * anew, with other dashes or in the midst of its own words, has not written the code.
 */
const PAGE_SAYS = new RegExp(
  [
    said(String.raw`\breply \d{6} to acknowledge\b`),
    said(String.raw`\breply to this message with \d{6}\b`),
    said(String.raw`\bwith \d{6} or run\b`),
    String.raw`\baccept[-\u2010-\u2015]\s?code${GAP}\d{6}\b`,
    said(String.raw`\bcode to acknowledge is \d{6}\b`),
    said(String.raw`\bactivation code is \d{6}\b`),
  ].join('|'),
  'giu',
)

/** The lines that come before the mail that is answered, and none of its quoted lines: many answer below these. */
function ownLines(text: string): string {
  const quote = QUOTE_BEGINS.exec(text)?.index
  return text.slice(0, quote).replaceAll(/^[ \t]*>.*$/gm, '')
}

/** How mail programs begin what they quote without a mark on each of its lines: with one, one's own words may come below. */
const QUOTE_BEGINS =
  /^[ \t]*(?:On .*\bwrote:[ \t]*$(?!\s{1,20}>)|-{2,} ?Original Message ?-{2,}[ \t]*$|_{10,}[ \t]*$|(?:From|Sent): \S)/im
