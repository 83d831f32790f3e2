import type { Tree } from './tree.ts'

/** Elements without an end tag. */
const empty = /^(input|img|br)$/

/** The HTML of a tree, for a page that a server renders. */
export function htmlOf(tree: Tree): string {
  if (typeof tree === 'string') return escaped(tree)
  const [name, attributes, ...children] = tree
  const inner = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? '' : ` ${key}="${escaped(value)}"`,
  )
  const start = `<${name}${inner.join('')}>`
  return empty.test(name) ? start : `${start}${children.map(htmlOf).join('')}</${name}>`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
