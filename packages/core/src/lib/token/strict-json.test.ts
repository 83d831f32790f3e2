import { describe, expect, it } from 'vitest'
import { parseStrictObject } from './strict-json.ts'

describe('parseStrictObject', () => {
  const parse = (text: string): boolean => parseStrictObject(Buffer.from(text)).ok
  const nested = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`

  it.each([
    '{}',
    ' {"a":1} ',
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
    String.raw`{"a\\":1,"a":2}`,
    String.raw`{"a":"\\","b":"\""}`,
    String.raw`{"a\"b":1,"a":2}`,
    String.raw`{"a":"\\\\\"","b":1}`,
    '{"a":"{[:","b":":,}]"}',
    '{"é":1,"è":2}',
  ])('parses %s', (text) => {
    expect(parse(text)).toBe(true)
  })
  it.each([
    '{"a":1,"a":1}',
    String.raw`{"a":1,"\u0061":2}`,
    '{"b":{"a":1,"a":2}}',
    '{"b":[0,{"a":1,"a":2}]}',
    '{"a":{"x":1},"a":{"y":1,"z":2}}',
    '{"__proto__":1,"__proto__":2}',
    '7',
    'null',
    '[]',
    '"a"',
    '',
  ])('refuses %s', (text) => {
    expect(parse(text)).toBe(false)
  })
  it('parses eight levels of lists or objects, and refuses a ninth', () => {
    const objects = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
    expect([parse(nested(7)), parse(nested(8)), parse(objects(8)), parse(objects(9))]).toEqual([
      true,
      false,
      true,
      false,
    ])
  })
  it('counts open levels only', () => {
    expect(parse(`{"a":[${'[[]],'.repeat(50)}1]}`)).toBe(true)
  })
})
