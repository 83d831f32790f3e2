import { returnTarget } from '@keyhaven/client'
import { describe, expect, it } from 'vitest'
import { vectorJson, vectorText } from './vectors.ts'

const origin = 'https://app.example'

const payloads = vectorText('redirects/open_redirect_payloads.txt')
  .split('\n')
  .filter((line) => line !== '')
  .flatMap((line) => [line, line.replaceAll('www.whitelisteddomain.tld', 'app.example')])

interface UrlCases {
  readonly cases: readonly { readonly input: string; readonly base: string | null }[]
}

const urls = vectorJson<UrlCases>('redirects/wpt_urltestdata.json').cases.flatMap(
  ({ input, base }) => [input, base ?? ''],
)

/** Where a browser goes that is given the target by a link or a router. */
function goesTo(target: string): string {
  return new URL(target, `${origin}/sign-in?to=x`).origin
}

describe('returnTarget', () => {
  it('has the files', () => {
    expect(payloads.length).toBe(320)
    expect(urls.length).toBe(824)
  })
  it.each([
    ['open-redirect payloads', payloads],
    ['addresses of the web platform’s tests', urls],
    ['both, decoded', [...payloads, ...urls].map((one) => unescape(one))],
    ['both, behind a slash', [...payloads, ...urls].map((one) => `/${one}`)],
    ['both, behind a backslash', [...payloads, ...urls].map((one) => `\\${one}`)],
    ['both, behind our own address', [...payloads, ...urls].map((one) => origin + one)],
  ])('never leaves our origin: %s (P24, O10)', (_what, values) => {
    for (const value of values) {
      const target = returnTarget(value, '/home', origin)
      expect(target, value).toMatch(/^\/(?![/\\])/)
      expect(goesTo(target), value).toBe(origin)
      // A router or a server may decode the path before it is read again
      expect(goesTo(decodeURIComponent(new URL(target, origin).pathname)), value).toBe(origin)
    }
  })
  it.each([
    ['/notes', '/notes'],
    ['/notes?page=2#bottom', '/notes?page=2#bottom'],
    [`${origin}/notes`, '/notes'],
    ['notes', '/notes'],
    ['?page=2', '/?page=2'],
    ['/go?to=https://evil.example', '/go?to=https://evil.example'],
    ['/a b', '/a%20b'],
    ['', '/'],
  ])('takes %j as %j', (value, target) => {
    expect(returnTarget(value, '/home', origin)).toBe(target)
  })
  it.each([
    [undefined],
    [null],
    [42],
    [{ toString: () => '/notes' }],
    [['/notes']],
    ['//evil.example'],
    ['/\\evil.example'],
    ['https://app.example.evil.example/'],
    ['https://app.example:444/'],
    ['http://app.example/'],
    ['https://me@app.example/'],
    ['https://app.example//evil.example'],
    ['/%2Fevil.example'],
    ['/%5cevil.example'],
    ['/%09/evil.example'],
    ['/x/..%2f%2Fevil.example'],
    ['javascript:alert(1)'],
    ['blob:https://app.example/id'],
    // Parsers of addresses drop what stands before a scheme, and tabs and line ends in it
    ['https:evil.example'],
    ['\0https:evil.example'],
    ['ht\ntps:evil.example'],
    ['https\t:evil.example'],
    [`/${'x'.repeat(2048)}`],
  ])('refuses %j', (value) => {
    expect(returnTarget(value, '/home', origin)).toBe('/home')
  })
})
