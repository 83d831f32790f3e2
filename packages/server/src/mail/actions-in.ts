/** What the reader of a mail can use: its links, and the codes to type. */
export interface MailActions {
  readonly links: readonly string[]
  readonly codes: readonly string[]
}

/** Finds the links and codes in the text of a mail. A code has a line of its own. */
export function actionsIn(text: string): MailActions {
  const codes = [...text.matchAll(/^ {4}(\S{4,20})$/gm)].map(([, code = '']) => code)
  return { links: text.match(/https?:\/\/\S+/g) ?? [], codes }
}
