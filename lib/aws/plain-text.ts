// What is sent to people as they can read it: nothing that a screen would not show, or would show as something else.

/**
 * Control characters but for line feed and tab, the characters that turn the direction of writing (Unicode's
 * Bidi_Control), which can make an address or a code read backwards, the separators that break a line unseen, and halves
 * of a pair.
 */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/gu

/** The text with U+FFFD for whatever is not seen; lines end as they do everywhere, and are kept. */
export const plainText = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replaceAll(UNSEEN, (character) => (character === '\n' || character === '\t' ? character : '\uFFFD'))

/** The same in one line. */
export const plainLine = (text: string): string => plainText(text).replaceAll(/[\n\t]/gu, ' ')
