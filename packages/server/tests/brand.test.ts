import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigurationError, createKeyhaven } from '@keyhaven/server'
import { newFolder } from '@keyhaven/stage/processes/served'
import { testLog } from '@keyhaven/stage/processes/log'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-brand-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const svg = (content: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"${attributes}>${content}</svg>`

let number = 0

/** A brand file in a folder of its own, and the files beside it. */
function brandFile(brand: unknown, files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const place = join(folder, `${number++}`)
  mkdirSync(place)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content)
  const path = join(place, 'brand.json')
  writeFileSync(path, typeof brand === 'string' ? brand : JSON.stringify(brand))
  return path
}

const withLogo = (content: string | Uint8Array, logo = 'logo.svg') =>
  brandFile({ name: 'Notes', logo }, { 'logo.svg': content })
const withColours = (colours: unknown) => brandFile({ name: 'Notes', colours })

/** Brands that stop a start, and what the sentence must contain. */
const wrong: readonly (readonly [string, () => string, string])[] = [
  ['no file', () => join(folder, 'none.json'), 'none.json can’t be read (ENOENT'],
  ['a folder', () => folder, 'can’t be read (it is not a file'],
  ['a file without an end', () => '/dev/zero', 'can’t be read (it is not a file'],
  ['a file of 5 MB', () => brandFile(' '.repeat(5_000_000)), 'it has more than 65536 bytes'],
  ['no JSON', () => brandFile('{ "name": '), 'brand.json is not valid JSON: check its quotes'],
  ['a list', () => brandFile([]), 'must be an object with name, logo, colours'],
  [
    'an unknown member',
    () => brandFile({ nmae: 'x' }),
    '"nmae", which is not a member of a brand: write name, or',
  ],
  [
    'a strange member',
    () => brandFile({ font: 'x' }),
    '"font", which is not a member of a brand: use name, logo',
  ],
  ['no name', () => brandFile({}), 'has no name: set name to'],
  ['a blank name', () => brandFile({ name: '  ' }), 'has no name: set name to'],
  ['a long name', () => brandFile({ name: 'Notes '.repeat(50) }), 'longer than 80 characters'],
  ['two lines as a name', () => brandFile({ name: 'a\nb' }), 'a control character, a line break'],
  ['a turned name', () => brandFile({ name: 'a\u202Eb' }), 'a change of direction: remove it'],
  [
    'a colour by name',
    () => withColours({ accent: 'teal' }),
    'is "teal", which is no hex colour: write it as #rrggbb',
  ],
  ['a broken colour', () => withColours({ accent: '#12345' }), 'which is no hex colour'],
  ['a colour with style', () => withColours({ accent: '#fff;}a{b:c' }), 'which is no hex colour'],
  ['a number as a colour', () => withColours({ accent: 123 }), 'which is no hex colour'],
  ['no accent', () => withColours({ accentDark: '#fff' }), 'has no accent: set accent'],
  ['a misspelt colour', () => withColours({ acent: '#fff' }), 'write accent, or remove it'],
  ['one colour', () => withColours('#fff'), 'must be an object with accent'],
  [
    'no logo',
    () => withLogo('', 'other.svg'),
    'set it to the path of an SVG or a PNG, relative to',
  ],
  ['a logo without an end', () => withLogo('', '/dev/zero'), 'can’t be read (it is not a file'],
  ['a logo elsewhere', () => withLogo('', 'https://cdn.example/l.svg'), 'can’t be read'],
  [
    'a logo as data',
    () => brandFile({ name: 'x', logo: {} }),
    'must be the path of an SVG or a PNG',
  ],
  ['a page as a logo', () => withLogo('<html><svg/></html>'), 'is neither an SVG nor a PNG'],
  ['a JPEG named .svg', () => withLogo(Buffer.from('ffd8ffe0', 'hex')), 'is neither an SVG nor'],
  ['an SVG without its namespace', () => withLogo('<svg/>'), 'is neither an SVG nor a PNG'],
  ['a logo of 5 MB', () => withLogo(svg(' '.repeat(5_000_000))), 'larger than 256 KiB: simplify'],
]

/** Contents of an SVG that a logo may not have, and how the sentence names them. */
const dangerous: readonly (readonly [string, string])[] = [
  [svg('<script>alert(1)</script>'), 'a <script> element'],
  [svg('<SCRIPT/>'), 'a <SCRIPT> element'],
  [svg('<s:script xmlns:s="http://www.w3.org/2000/svg"/>'), 'a <script> element'],
  [svg('<foreignObject/>'), 'a <foreignObject> element'],
  [svg('<g xmlns:h="http://www.w3.org/1999/xhtml"/>'), 'HTML elements'],
  [svg('', ' onload="alert(1)"'), 'the event handler onload'],
  [svg('<path onClick = "x"/>'), 'the event handler onClick'],
  [svg('<image href="https://evil.example/a.png"/>'), 'a reference to \\"https://evil'],
  [svg('<image xlink:href="//evil.example/a.png"/>'), 'a reference to'],
  [svg('<image y:href="a.png" xmlns:y="http://www.w3.org/1999/xlink"/>'), 'a reference to'],
  [svg('<use href="data:image/svg+xml,x#a"/>'), 'a reference to'],
  [svg('<a href="java&#115;cript:alert(1)"/>'), 'a reference to'],
  [svg('<animate attributeName="xlink:href" to="javascript:x"/>'), 'an animation of xlink:href'],
  [svg('<set attributeName="onclick" to="x"/>'), 'an animation of onclick'],
  [svg('<path fill="url(https://evil.example/#a)"/>'), 'a reference to'],
  [svg('<path style="fill:&#x75;rl(&quot;a.svg#b&quot;)"/>'), 'a reference to'],
  [svg('<path fill="u\\72l(a.svg)"/>'), 'a style with a backslash'],
  [svg('<style>@import "a.css";</style>'), 'a style with @import'],
  [svg('<style>@im<!-- x -->po<![CDATA[rt "a.css";]]></style>'), 'a style with @import'],
  [svg('<style><g/>@import "a.css";</style>'), 'an element in a style'],
  [svg('<style>a{background:image-set("a.png")}</style>'), 'a style with image-set()'],
  [svg('<g xml:base="https://evil.example/"/>'), 'the attribute xml:base'],
  [`<?xml-stylesheet href="a.css"?>${svg('')}`, 'a processing instruction'],
  [`<!DOCTYPE svg [<!ENTITY x "<script/>">]>${svg('&x;')}`, 'a document type with declarations'],
  [`<?xml version="1.0" encoding="UTF-7"?>${svg('')}`, 'another encoding than UTF-8'],
  [svg('<path d=x/>'), 'markup that is not well-formed'],
]

/** Starts on a brand, and returns the error with which the start ends, or what it printed. */
async function start(brand: string): Promise<unknown> {
  const printed: string[] = []
  const environment = { KEYHAVEN_BRAND: brand, NODE_ENV: 'test' }
  const place = newFolder()
  try {
    const options = { environment, folder: place, data: place, log: testLog() }
    const keyhaven = await createKeyhaven({ ...options, announce: (line) => printed.push(line) })
    await keyhaven.close()
    return printed.filter((line) => line.includes('KEYHAVEN_BRAND'))
  } catch (error) {
    return error
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

async function expectRefused(brand: string, sentences: readonly string[]): Promise<void> {
  const error = await start(brand)
  // The command line ends with 78 for this class (command-line.test.ts)
  expect(error).toBeInstanceOf(ConfigurationError)
  const { message } = error as Error
  for (const sentence of sentences) expect(message).toContain(sentence)
  // One sentence, and one line
  expect(message).toMatch(/^[^\n]+[^.]\.$/)
  expect(message).not.toMatch(/[a-z]\. [A-Z]/)
}

describe('a start with a wrong brand ends with one sentence (operator 27)', () => {
  it.each(wrong)('%s', (_, brand, sentence) => expectRefused(brand(), [sentence]))
  it('names what a logo has that could act or call (H31)', async () => {
    for (const [content, danger] of dangerous) {
      const found = `has ${danger.replaceAll('\\"', '"')}`
      await expectRefused(withLogo(content), [found, 'remove it, or save the logo as a PNG'])
    }
  })
})

describe('the colours of a brand', () => {
  it('are a warning with the ratio if they are hard to see or to read', async () => {
    const colours = { accent: '#ffdd00', onAccent: '#fff', accentDark: '#222222' }
    expect(await start(withColours(colours))).toEqual([
      'the text #fff of KEYHAVEN_BRAND has a contrast of 1.34:1 on the accent in light pages, and text needs 4.5:1: change colours.onAccent, or leave it out',
      'the accent #ffdd00 of KEYHAVEN_BRAND has a contrast of 1.25:1 with the light page, and a button needs 3:1: set colours.accent to a darker colour',
      'the accent #222222 of KEYHAVEN_BRAND has a contrast of 1.12:1 with the dark page, and a button needs 3:1: set colours.accentDark to a lighter colour',
    ])
  })
  it('are no warning if everything but the accent is left to the service', async () => {
    for (const accent of ['#0c6b63', '#e11d48', '#000', '#7a5cff']) {
      expect([accent, await start(withColours({ accent }))]).toEqual([accent, []])
    }
  })
})
