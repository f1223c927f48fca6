// What people are sent holds nothing that a screen hides or turns round.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { plainLine, plainText } from '../../lib/aws/plain-text.ts'

describe('a text for people', () => {
  it.each([
    ['pay\u0000ment \u001b[31mred\u0007', 'pay\uFFFDment \uFFFD[31mred\uFFFD'],
    ['\u202Eevil\u202C \u2066x\u2069 \u200Ey\u200F \u061C', '\uFFFDevil\uFFFD \uFFFDx\uFFFD \uFFFDy\uFFFD \uFFFD'],
    ['half \uD83D and half \uDD14', 'half \uFFFD and half \uFFFD'],
    ['two\r\nlines,\ta tab\u2028and\u0085', 'two\nlines,\ta tab\uFFFDand\uFFFD'],
    ['Größe 🔔 ไทย العربية', 'Größe 🔔 ไทย العربية'],
  ])('%j reads %j', (text, readable) => {
    expect(plainText(text)).toBe(readable)
  })

  it('is one line where it is a subject', () => {
    expect(plainLine('a\r\nBcc: b\tc')).toBe('a Bcc: b c')
  })
})

test('whatever is sent is whole, and read twice it is the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const readable = plainText(text)
      expect(readable.isWellFormed()).toBe(true)
      expect(readable).not.toMatch(/[^\P{Cc}\n\t]|[\p{Bidi_Control}\p{Cs}]/u)
      expect(plainText(readable)).toBe(readable)
    }),
  )
})
