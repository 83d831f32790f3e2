/** Attributes by name; `undefined` leaves one out. */
export type Attributes = Readonly<Record<string, string | undefined>>

/**
 * Markup as data: a text, or a tag with attributes and children. A page makes nodes of it, and a server a string, so
 * texts are never read as HTML.
 */
export type Tree = string | readonly [name: string, attributes: Attributes, ...children: Tree[]]

/** The node of a tree. */
export function nodeOf(tree: Tree): Node {
  if (typeof tree === 'string') return new Text(tree)
  const [name, attributes, ...children] = tree
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(key, value)
  }
  made.append(...children.map(nodeOf))
  return made
}
