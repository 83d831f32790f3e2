import { createInterface } from 'node:readline'

/** Asks the person at the terminal what can't be found out. Enter chooses the default. */
export interface Ask {
  /** @returns the index of the answer in `names`; the first is the default. */
  choice(question: string, names: readonly string[]): Promise<number>
  /** @returns the answer, or the default. */
  text(question: string, value: string): Promise<string>
  /** Ends the reading of the terminal, which would keep the process alive. */
  close(): void
}

/** Without a terminal, or with `--yes`, every answer is the default. */
export function createAsk(yes: boolean | undefined): Ask {
  const isSilent = yes === true || !process.stdin.isTTY
  const reader = isSilent ? undefined : createLines()
  const answer = async (question: string): Promise<string> => {
    if (reader === undefined) return ''
    process.stderr.write(question)
    return (await reader.next()).trim()
  }
  return {
    async choice(question, names) {
      const lines = names.map((name, at) => `  ${at + 1}  ${name}\n`)
      const chosen = Number(await answer(`${question}\n${lines.join('')}Number [1]: `)) - 1
      return chosen in names ? chosen : 0
    },
    text: async (question, value) => (await answer(`${question} [${value}]: `)) || value,
    close: () => reader?.close(),
  }
}

/** The lines of standard input: those typed ahead wait. After Ctrl+D each is empty. */
function createLines(): { next(): Promise<string>; close(): void } {
  const terminal = createInterface({ input: process.stdin })
  const lines = terminal[Symbol.asyncIterator]()
  return {
    next: async () => {
      const { done, value } = await lines.next()
      return done === true ? '' : value
    },
    close: () => terminal.close(),
  }
}
