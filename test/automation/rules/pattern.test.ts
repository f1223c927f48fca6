import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidPattern } from '../../../lib/automation/rules/operators.ts'
import { matches, parsePattern } from '../../../lib/automation/rules/pattern.ts'

const takes = (pattern: unknown, event: object): boolean => matches(parsePattern(pattern, 'match'), event)

/** Each row: the alternatives of field `f`, values that they take, values that they do not. `absent` stands for no field. */
const absent = Symbol('absent')
const OPERATORS: [name: string, alternatives: unknown[], taken: unknown[], refused: unknown[]][] = [
  ['an exact string', ['a'], ['a'], ['A', 'ab', '', null, 1, absent, {}, []]],
  ['one of several strings', ['a', 'b'], ['a', 'b'], ['c', absent]],
  ['the empty string', [''], [''], ['a', null, absent]],
  ['a number', [5], [5, 5.0], ['5', 6, absent]],
  ['a number and its text', [5, '5'], [5, '5'], [6, '6']],
  ['true', [true], [true], [false, 'true', 1, absent]],
  ['false', [false], [false], [true, null, absent]],
  ['null', [null], [null], ['null', '', 0, false, absent]],
  ['prefix', [{ prefix: 'us-' }], ['us-east-1', 'us-'], ['eu-us-', 'US-east-1', 5, null, absent]],
  ['the empty prefix', [{ prefix: '' }], ['', 'a'], [5, null, absent]],
  [
    'prefix ignoring case',
    [{ prefix: { 'equals-ignore-case': 'EventB' } }],
    ['eventbridge', 'EVENTB'],
    ['even', 1, absent],
  ],
  ['suffix', [{ suffix: '.png' }], ['a.png', '.png'], ['a.PNG', 'a.pngx', absent]],
  ['suffix ignoring case', [{ suffix: { 'equals-ignore-case': '.PNG' } }], ['a.png', 'a.PnG'], ['a.jpg', absent]],
  ['equals-ignore-case', [{ 'equals-ignore-case': 'Alice' }], ['alice', 'ALICE'], ['alicee', null, absent]],
  ['wildcard', [{ wildcard: 'dir/*.png' }], ['dir/a.png', 'dir/.png'], ['dir/a.jpg', 'a/dir/a.png', 4, absent]],
  ['wildcard alone', [{ wildcard: '*' }], ['', 'a'], [1, null, absent]],
  ['wildcard in several places', [{ wildcard: 'a*b*a' }], ['aba', 'axxbxa', 'ababa'], ['ab', 'aa', 'abab']],
  ['wildcard whose ends overlap', [{ wildcard: 'aba*ba' }], ['ababa', 'abaxba'], ['aba', 'abaa']],
  ['wildcard with an escaped asterisk', [{ wildcard: 'a\\*b' }], ['a*b'], ['axb', 'a\\*b']],
  ['wildcard with an escaped backslash', [{ wildcard: 'a\\\\*' }], ['a\\', 'a\\b'], ['a', 'a*']],
  ['anything-but a string', [{ 'anything-but': 'a' }], ['b', '', 5, null, true], ['a', absent, {}, []]],
  ['anything-but strings', [{ 'anything-but': ['a', 'b'] }], ['c'], ['a', 'b', absent]],
  ['anything-but a number', [{ 'anything-but': 5 }], [6, '5'], [5, absent]],
  ['anything-but numbers', [{ 'anything-but': [5, 6] }], [7], [5, 6, absent]],
  ['anything-but prefix', [{ 'anything-but': { prefix: 'us-' } }], ['eu-1', 5], ['us-1', absent]],
  ['anything-but prefixes', [{ 'anything-but': { prefix: ['us-', 'eu-'] } }], ['ap-1'], ['us-1', 'eu-1', absent]],
  ['anything-but suffix', [{ 'anything-but': { suffix: '.png' } }], ['a.jpg'], ['a.png', absent]],
  ['anything-but suffixes', [{ 'anything-but': { suffix: ['.png', '.gif'] } }], ['a.jpg'], ['a.png', 'a.gif', absent]],
  ['anything-but ignoring case', [{ 'anything-but': { 'equals-ignore-case': 'A' } }], ['b'], ['a', 'A', absent]],
  ['anything-but several ignoring case', [{ 'anything-but': { 'equals-ignore-case': ['A', 'b'] } }], ['c'], ['a', 'B']],
  ['anything-but wildcard', [{ 'anything-but': { wildcard: '*/lib/*' } }], ['a/bin/b'], ['a/lib/b', absent]],
  [
    'anything-but wildcards',
    [{ 'anything-but': { wildcard: ['*/lib/*', '*.js'] } }],
    ['a'],
    ['a/lib/b', 'a.js', absent],
  ],
  ['numeric =', [{ numeric: ['=', 5] }], [5], [4.999, '5', null, absent]],
  ['numeric <', [{ numeric: ['<', 5] }], [4.9, -1], [5, 6, '4', absent]],
  ['numeric <=', [{ numeric: ['<=', 5] }], [5], [5.1, absent]],
  ['numeric >', [{ numeric: ['>', 5] }], [5.1], [5, absent]],
  ['numeric >=', [{ numeric: ['>=', 5] }], [5], [4.9, absent]],
  ['numeric range', [{ numeric: ['>', 0, '<=', 5] }], [0.1, 5], [0, 5.1, absent]],
  [
    'cidr of IPv4',
    [{ cidr: '10.0.0.0/24' }],
    ['10.0.0.0', '10.0.0.255'],
    ['10.0.1.0', '::1', 'x', '10.0.0', 1, absent],
  ],
  ['cidr inside a byte', [{ cidr: '10.0.0.128/25' }], ['10.0.0.128', '10.0.0.255'], ['10.0.0.127']],
  ['cidr of one address', [{ cidr: '10.0.0.7/32' }], ['10.0.0.7'], ['10.0.0.6']],
  ['cidr of everything', [{ cidr: '0.0.0.0/0' }], ['1.2.3.4'], ['256.1.1.1', '::1']],
  [
    'cidr of IPv6',
    [{ cidr: '2001:db8::/32' }],
    ['2001:db8::1', '2001:0DB8:1::'],
    ['2001:db9::1', '10.0.0.1', ':::', absent],
  ],
  [
    'cidr of IPv6 that ends in IPv4',
    [{ cidr: '::ffff:10.0.0.0/120' }],
    ['::ffff:10.0.0.9', '::ffff:a00:9'],
    ['::ffff:10.0.1.9'],
  ],
  ['exists', [{ exists: true }], ['a', '', 0, false, null, ['a']], [absent, {}, [], { g: 1 }]],
  ['does not exist', [{ exists: false }], [absent, {}, [], { g: 1 }], ['a', '', 0, null]],
  ['absent, or one value', [{ exists: false }, 'a'], [absent, 'a'], ['b', null]],
  ['any element of an array', ['a', { prefix: 'x' }], [['b', 'a'], [['a']], ['xy']], [['b'], [], [{ f: 'a' }]]],
  ['anything-but of an array: any element that is another', [{ 'anything-but': 'a' }], [['a', 'b']], [['a'], []]],
]

const event = (value: unknown): object => (value === absent ? { other: 1 } : { f: value, other: 1 })

describe('one field of an event pattern', () => {
  it.each(OPERATORS)('%s', (_, alternatives, taken, refused) => {
    for (const value of taken) expect([value, takes({ f: alternatives }, event(value))]).toEqual([value, true])
    for (const value of refused) expect([value, takes({ f: alternatives }, event(value))]).toEqual([value, false])
    // The same one level down, where the field is also absent when what should hold it is.
    for (const value of taken) expect(takes({ d: { f: alternatives } }, { d: event(value) })).toBe(true)
    for (const value of refused) expect(takes({ d: { f: alternatives } }, { d: event(value) })).toBe(false)
    for (const d of [undefined, null, 'text', []])
      expect(takes({ d: { f: alternatives } }, { d })).toBe(taken.includes(absent))
  })

  it('does not take what objects inherit for fields', () => {
    expect(takes({ constructor: { name: [{ exists: true }] } }, {})).toBe(false)
    expect(takes({ toString: [{ exists: false }] }, {})).toBe(true)
  })
})

describe('a whole event pattern', () => {
  it('asks all of its fields and ignores the others of the event', () => {
    const pattern = { source: ['aws.ec2'], detail: { state: ['running'], size: [{ numeric: ['>', 1] }] } }
    expect(takes(pattern, { source: 'aws.ec2', detail: { state: 'running', size: 2, more: true } })).toBe(true)
    expect(takes(pattern, { source: 'aws.ec2', detail: { state: 'running', size: 1 } })).toBe(false)
    expect(takes(pattern, { source: 'aws.ec2', detail: { state: 'running' } })).toBe(false)
    expect(takes(pattern, { source: 'aws.ec2' })).toBe(false)
  })

  const people = {
    people: [
      { first: 'Anna', last: 'Smith', tags: ['a', 'b'] },
      { first: 'John', last: 'Doe' },
    ],
  }
  it.each([
    [{ people: { first: ['Anna'], last: ['Smith'] } }, true],
    [{ people: { first: ['Anna'], last: ['Doe'] } }, false],
    [{ people: { first: ['Anna'], tags: ['b'] } }, true],
    [{ people: { first: ['John'], tags: ['b'] } }, false],
    [{ people: { first: ['Anna'], nick: [{ exists: false }] } }, true],
    [{ people: { first: ['John'], tags: [{ exists: false }] } }, true],
    [{ people: { first: ['Anna'], tags: [{ exists: false }] } }, false],
    [{ people: { nick: [{ exists: false }] } }, true],
    [{ people: { first: [{ exists: false }] } }, false],
    [{ $or: [{ people: { first: ['Zoe'] } }, { people: { last: ['Doe'] } }] }, true],
    [{ people: { first: ['Anna'], $or: [{ last: ['Doe'] }, { last: ['Jones'] }] } }, false],
    [{ people: { first: ['Anna'] }, $or: [{ people: { last: ['Doe'] } }, { other: ['x'] }] }, false],
  ])('asks fields of one array of the same element: %j', (pattern, expected) => {
    expect(takes(pattern, people)).toBe(expected)
    expect(takes(pattern, { people: [[people.people[0]], [people.people[1]]] })).toBe(expected)
  })

  it('takes a field whose array is empty for absent', () => {
    expect(takes({ people: { first: [{ exists: false }] } }, { people: [] })).toBe(true)
    expect(takes({ people: { first: ['Anna'] } }, { people: [] })).toBe(false)
  })

  const or = {
    source: ['aws.cloudwatch'],
    $or: [{ metric: ['CPU'] }, { namespace: ['EC2'], $or: [{ id: [1] }, { space: [2] }] }],
  }
  it.each([
    [{ source: 'aws.cloudwatch', metric: 'CPU' }, true],
    [{ source: 'aws.cloudwatch', namespace: 'EC2', id: 1 }, true],
    [{ source: 'aws.cloudwatch', namespace: 'EC2', space: 2 }, true],
    [{ source: 'aws.cloudwatch', namespace: 'EC2' }, false],
    [{ source: 'aws.cloudwatch', id: 1 }, false],
    [{ source: 'aws.ec2', metric: 'CPU' }, false],
  ])('takes one alternative of $or, nested too: %j', (event, expected) => {
    expect(takes(or, event)).toBe(expected)
  })
})

const INVALID: [pattern: unknown, message: string][] = [
  ['text', 'match must be an object of fields'],
  [{}, 'match must not be an empty object'],
  [{ detail: {} }, 'match.detail must not be an empty object'],
  [{ source: 'aws.ec2' }, 'match.source must be a list of values, or an object of fields'],
  [{ source: [] }, 'match.source must not be an empty list'],
  [{ source: [['a']] }, 'match.source[0] must be a string, a number, true, false, null or an operator'],
  [{ source: [{}] }, 'match.source[0] must hold exactly one operator'],
  [{ source: [{ prefix: 'a', suffix: 'b' }] }, 'match.source[0] must hold exactly one operator'],
  [{ source: ['a', { begins: 'a' }] }, 'match.source[1].begins is not an operator of event patterns'],
  [{ source: [{ toString: 'a' }] }, 'match.source[0].toString is not an operator of event patterns'],
  [{ source: [{ prefix: 5 }] }, 'match.source[0].prefix must be a string'],
  [{ source: [{ prefix: { suffix: 'a' } }] }, 'match.source[0].prefix.suffix is not an operator that can stand here'],
  [{ source: [{ wildcard: 'a**' }] }, 'match.source[0].wildcard must not have two wildcards in a row'],
  [{ source: [{ wildcard: 'a\\b' }] }, 'match.source[0].wildcard may have a backslash only before'],
  [{ source: [{ wildcard: 'a\\' }] }, 'match.source[0].wildcard may have a backslash only before'],
  [{ source: [{ 'anything-but': [] }] }, 'match.source[0].anything-but must be a string, a number, or a list'],
  [{ source: [{ 'anything-but': ['a', 1] }] }, 'match.source[0].anything-but must be a string, a number, or a list'],
  [{ source: [{ 'anything-but': null }] }, 'match.source[0].anything-but must be a string, a number, or a list'],
  [{ source: [{ 'anything-but': { prefix: '' } }] }, 'match.source[0].anything-but.prefix must not be empty'],
  [{ source: [{ 'anything-but': { prefix: [] } }] }, 'match.source[0].anything-but.prefix must not be an empty list'],
  [
    { source: [{ 'anything-but': { numeric: ['=', 1] } }] },
    'anything-but.numeric is not an operator that can stand here',
  ],
  [{ source: [{ numeric: ['!=', 1] }] }, 'match.source[0].numeric must be a comparison'],
  [{ source: [{ numeric: ['>', '1'] }] }, 'match.source[0].numeric must be a comparison'],
  [{ source: [{ numeric: ['<', 5, '>', 0] }] }, 'match.source[0].numeric must be a range'],
  [{ source: [{ numeric: ['>', 5, '<', 5] }] }, 'match.source[0].numeric must be a range'],
  [{ source: [{ cidr: '10.0.0.0' }] }, 'match.source[0].cidr must be a block of addresses'],
  [{ source: [{ cidr: '10.0.0.0/33' }] }, 'match.source[0].cidr must be a block of addresses'],
  [{ source: [{ cidr: '2001:db8::/129' }] }, 'match.source[0].cidr must be a block of addresses'],
  [{ source: [{ exists: 'yes' }] }, 'match.source[0].exists must be true or false'],
  [{ $or: { a: ['x'] } }, 'match.$or must be a list of at least two'],
  [{ detail: { $or: ['x', 'y'] } }, 'match.detail.$or[0] must be an object of fields'],
  [{ 'detail.a': ['x'], detail: { a: ['y'] } }, 'match.detail asks for detail.a a second time'],
  [{ source: [Infinity] }, 'match.source[0] must be a number that JSON has'],
  [{ source: [NaN] }, 'match.source[0] must be a number that JSON has'],
  [{ source: [{ 'anything-but': [1, -Infinity] }] }, 'match.source[0].anything-but must be a number that JSON has'],
  [{ source: [{ numeric: ['<', Infinity] }] }, 'match.source[0].numeric must be a number that JSON has'],
  [{ source: [{ numeric: ['>', 0, '<', NaN] }] }, 'match.source[0].numeric must be a number that JSON has'],
  [{ $or: [{ a: ['x'] }] }, 'match.$or must have at least two alternatives'],
  [{ $or: [{ a: ['x'] }, 'b'] }, 'match.$or[1] must be an object of fields'],
  [{ $or: [{ prefix: ['x'] }, { a: ['x'] }] }, 'match.$or[0].prefix is an operator'],
]

describe('what is no event pattern', () => {
  it.each(INVALID)('%j is refused', (pattern, message) => {
    expect(() => parsePattern(pattern, 'match')).toThrow(InvalidPattern)
    expect(() => parsePattern(pattern, 'match')).toThrow(message)
  })

  it('is refused when its $or combine to more than a thousand', () => {
    const ten = Array.from({ length: 11 }, (_, index) => ({ f: [index] }))
    expect(() => parsePattern({ $or: ten, a: { $or: ten }, b: { $or: ten } }, 'match')).toThrow('1000 combinations')
  })
})

describe('wildcards', () => {
  it('agree with the regular expression of the same meaning', () => {
    const piece = fc.constantFrom('a', 'b', 'ab', '*')
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 }),
        (pieces, text) => {
          const wildcard = pieces.join('').replaceAll(/\*+/g, '*')
          const expression = new RegExp(`^${wildcard.replaceAll('*', '.*')}$`)
          expect(takes({ f: [{ wildcard }] }, { f: text })).toBe(expression.test(text))
        },
      ),
    )
  })

  it('take no longer for many asterisks and a text that almost fits', () => {
    const pattern = parsePattern({ f: [{ wildcard: `${'*a'.repeat(40)}*b` }] }, 'match')
    const started = performance.now()
    expect(matches(pattern, { f: 'a'.repeat(100_000) })).toBe(false)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
