/** Bodies that no honest client sends, and the codes that may answer them. */
export const hostileBodies: readonly {
  readonly name: string
  readonly body: string | Uint8Array
  readonly codes: readonly string[]
  readonly type?: string
}[] = [
  ...Object.entries({
    'an open brace': '{',
    'a truncated member': '{"login":',
    'a truncated string': '{"login":"ad',
    'an array': '[]',
    'a string': '"login"',
    'a number': '1e999',
    null: 'null',
    'an unknown member': '{"zzz":1}',
    'a repeated member': '{"login":"a","login":"b"}',
    'a repeated member in disguise': String.raw`{"login":"a","log\u0069n":"b"}`,
    __proto__: '{"__proto__":{"admin":true}}',
    constructor: '{"constructor":{"prototype":{"admin":true}}}',
    'a NUL between': '{"login":\u0000"a"}',
    'a lone surrogate': String.raw`{"login":"\ud800","zzz":1}`,
    'ten thousand levels': `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    'ten thousand brackets': `{"a":${'['.repeat(10_000)}`,
    'two objects': '{}{}',
    'a comment': '{/* */}',
    'a comma too many': '{"login":"a",}',
    'single quotes': "{'login':'a'}",
  }).map(([name, body]) => ({ name, body, codes: ['invalid_request'] })),
  {
    name: 'bytes that are not UTF-8',
    body: Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d),
    codes: ['invalid_request'],
  },
  { name: 'one byte over 64 KiB', body: ' '.repeat(65_537), codes: ['payload_too_large'] },
  { name: 'a megabyte', body: 'a'.repeat(1_048_576), codes: ['payload_too_large'] },
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'text/json',
    'application/json, text/plain',
  ].map((type) => ({
    name: `JSON as ${type}`,
    body: '{"zzz":1}',
    codes: ['unsupported_media_type'],
    type,
  })),
]

/** A member's schema, as far as its type goes. */
export interface MemberSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
}

/** JSON texts of values that the member's type does not allow. */
export function wrongTypes({ type, enum: allowed, const: only }: MemberSchema): readonly string[] {
  if (type === undefined) return []
  const examples: Readonly<Record<string, readonly string[]>> = {
    null: ['null'],
    boolean: ['true'],
    number: ['7', '-0', '1e308'],
    string: ['"x"', String.raw`"\u0000"`],
    array: ['[]', '[["x"]]'],
    object: ['{}', '{"toString":1}'],
  }
  const own = [type].flat()
  const others = Object.entries(examples).filter(
    ([name]) => !own.includes(name) && !(name === 'number' && own.includes('integer')),
  )
  const wrongWords = allowed !== undefined || only !== undefined ? ['"neither"'] : []
  return [...others.flatMap(([, texts]) => texts), ...wrongWords]
}

/** Parts of an address, already percent-encoded or deliberately not. */
export const hostilePaths: readonly string[] = [
  '%',
  '%00',
  '%ff',
  '%c0%af',
  '%ED%A0%80',
  '..',
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e/',
  '//',
  '%5c',
  '__proto__',
  'constructor',
  '-1',
  '1e999',
  '%27%20OR%201=1--',
  '%F0%9F%94%91',
  'a'.repeat(4000),
  '?cursor=%00&cursor=1',
  '?limit=0',
  '?limit=1000000000',
  '?cursor=AAAA',
  ';jsessionid=1',
]

/** Texts that make a careless expression try again and again: long runs, and no match at their end. */
export const misleading: readonly string[] = [
  'a'.repeat(50_000),
  `${'a'.repeat(30_000)}!`,
  `${'a.'.repeat(15_000)}@`,
  `${'@'.repeat(30_000)}.`,
  `a@${'a-'.repeat(15_000)}`,
  `a@${'a.'.repeat(15_000)}!`,
  `${' '.repeat(30_000)}x`,
  `${'\t \n'.repeat(10_000)}x`,
  `${'1'.repeat(30_000)}e`,
  `${'::'.repeat(10_000)}1`,
  `${'='.repeat(30_000)};`,
  `${'a=b; '.repeat(6000)}"`,
  `Bearer ${'.'.repeat(30_000)}`,
  `${'\u0130'.repeat(15_000)}`,
  `${'a\u0301'.repeat(15_000)}`,
  `${'%'.repeat(30_000)}`,
]
