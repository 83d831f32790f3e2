/** Elements that run script, show other documents or are HTML, by their names without a prefix. */
const FORBIDDEN = /^(script|foreignobject|iframe|object|embed|handler|listener|link|audio|video)$/i

/** A start tag after its name. */
const ATTRIBUTE = /^\s+([\w:.-]+)\s*=\s*("[^"<]*"|'[^'<]*')/

/** Markup that is not a tag, by how it begins and how it ends. */
const BLOCKS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
] as const

const MALFORMED = 'markup that is not well-formed'

/**
 * What an SVG has that a logo may not have: script, other documents, or a reference to anything outside of it;
 * `undefined` if there is nothing. Each part of the text is either known to be harmless or is refused.
 */
export function dangerIn(svg: string): string | undefined {
  let rest = svg
  // Of the style that is open. Its text may come in several pieces
  let style: string | undefined
  while (rest !== '') {
    const text = /^[^<]+/.exec(rest)?.[0] ?? ''
    if (style !== undefined) style += decoded(text)
    rest = rest.slice(text.length)
    if (rest === '') break
    const block = BLOCKS.find(([begin]) => rest.startsWith(begin))
    if (block === undefined) {
      const tag = tagAt(rest)
      if (typeof tag === 'string') return tag
      if (style !== undefined && tag.kind !== 'end') return 'an element in a style'
      const fault = dangerInStyle(style ?? '')
      if (fault !== undefined) return fault
      style = tag.kind === 'begin' && tag.name === 'style' ? '' : undefined
      rest = rest.slice(tag.length)
      continue
    }
    const [begin, end] = block
    const length = rest.indexOf(end, begin.length)
    if (length < 0) return MALFORMED
    const whole = rest.slice(0, length)
    const fault = dangerInBlock(whole, begin)
    if (fault !== undefined) return fault
    if (begin === '<![CDATA[' && style !== undefined) style += whole.slice(begin.length)
    rest = rest.slice(length + end.length)
  }
  return style === undefined ? undefined : MALFORMED
}

interface Tag {
  readonly name: string
  readonly length: number
  /** `empty` ends at once. */
  readonly kind: 'begin' | 'end' | 'empty'
}

/** The tag at the begin of a text, or what it has that it may not have. */
function tagAt(text: string): Tag | string {
  const end = /^<\/[\w:.-]+\s*>/.exec(text)?.[0]
  if (end !== undefined) return { name: '', length: end.length, kind: 'end' }
  const [begin = '', full = ''] = /^<([\w:.-]+)/.exec(text) ?? []
  if (begin === '') return MALFORMED
  const name = localName(full)
  if (FORBIDDEN.test(name)) return `a <${name}> element`
  let length = begin.length
  for (;;) {
    const [attribute, key = '', value = ''] = ATTRIBUTE.exec(text.slice(length)) ?? []
    if (attribute === undefined) break
    const fault = dangerInAttribute(key, decoded(value.slice(1, -1)))
    if (fault !== undefined) return fault
    length += attribute.length
  }
  const close = /^\s*\/?>/.exec(text.slice(length))?.[0]
  if (close === undefined) return MALFORMED
  return { name, length: length + close.length, kind: close.includes('/') ? 'empty' : 'begin' }
}

function dangerInAttribute(name: string, value: string): string | undefined {
  const local = localName(name).toLowerCase()
  if (local.startsWith('on')) return `the event handler ${name}`
  if (/^xmlns(:|$)/.test(name)) {
    return /xhtml/i.test(value) ? 'HTML elements' : undefined
  }
  if (name === 'xml:base') return 'the attribute xml:base'
  if (/^(href|src|srcdoc)$/.test(local)) return isWithin(value) ? undefined : external(value)
  // An animation sets the attribute that it names
  if (local === 'attributename' && /(^|:)(href|src|on\w*)$/i.test(value.trim())) {
    return `an animation of ${value.trim()}`
  }
  // Attributes of other programs, such as of an editor, mean nothing to a browser
  return name.includes(':') ? undefined : dangerInStyle(value)
}

/** Styles are text in which functions and escapes may name other files. */
function dangerInStyle(text: string): string | undefined {
  if (text.includes('\\')) return 'a style with a backslash'
  if (/@import/i.test(text)) return 'a style with @import'
  const other = /\b(?:image-set|image|src|cross-fade)\(/i.exec(text)?.[0]
  if (other !== undefined) return `a style with ${other})`
  for (const [, target = ''] of text.matchAll(/url\(\s*["']?\s*([^"')]*)/gi)) {
    if (!isWithin(target)) return external(target)
  }
  return undefined
}

function dangerInBlock(text: string, begin: string): string | undefined {
  if (begin === '<?') {
    if (!/^<\?(xml|xpacket)\s/.test(text)) return 'a processing instruction'
    return /encoding\s*=\s*["'](?!utf-8["'])/i.test(text)
      ? 'another encoding than UTF-8'
      : undefined
  }
  // Entities would hide the rest of the document from this check
  if (begin === '<!' && !/^<!doctype\s[^[]*$/i.test(text)) {
    return 'a document type with declarations'
  }
  return undefined
}

/** Whether a reference stays inside of the document: a fragment, or a picture in it. */
function isWithin(target: string): boolean {
  return /^\s*(#|data:image\/(png|jpeg|gif|webp)[;,])/i.test(target)
}

function external(target: string): string {
  return `a reference to ${JSON.stringify(target.trim().slice(0, 60))}`
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1)
}

const NAMED: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
}

/** Text without its character references; no other entity can be declared. */
function decoded(text: string): string {
  return text.replaceAll(/&#?\w+;/g, (reference) => {
    const [, hex, decimal] = /^&#(?:x([\da-f]+)|(\d+));$/i.exec(reference) ?? []
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : (NAMED[reference] ?? reference)
  })
}
