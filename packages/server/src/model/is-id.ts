/** Whether a text has the form of an id of this kind; no other text can be in the database. */
export function isId(prefix: 'acc' | 'ses', text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[\w-]{22}$/.test(text.slice(prefix.length + 1))
}
