import { createInterface } from 'node:readline/promises'

/** Asks the person at the terminal what can't be found out. Enter chooses the default. */
export interface Ask {
  /** @returns the index of the answer in `names`; the first is the default. */
  choice(question: string, names: readonly string[]): Promise<number>
  /** @returns the answer, or the default. */
  text(question: string, value: string): Promise<string>
}

/** Without a terminal, or with `--yes`, every answer is the default. */
export function createAsk(yes: boolean | undefined): Ask {
  const answer = async (question: string): Promise<string> => {
    if (yes || !process.stdin.isTTY) return ''
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    // Ctrl+D closes the terminal without an answer
    const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
    try {
      return (await Promise.race([terminal.question(question), closed])).trim()
    } finally {
      terminal.close()
    }
  }
  return {
    async choice(question, names) {
      const lines = names.map((name, at) => `  ${at + 1}  ${name}\n`)
      const chosen = Number(await answer(`${question}\n${lines.join('')}Number [1]: `)) - 1
      return chosen in names ? chosen : 0
    },
    text: async (question, value) => (await answer(`${question} [${value}]: `)) || value,
  }
}
