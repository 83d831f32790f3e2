import { createInterface } from 'node:readline/promises'
import { CommanderError } from 'commander'

/**
 * Prompts before an action that can't be undone. Without a terminal there is no answer, so scripts
 * pass `--yes`.
 * @throws CommanderError (exit 2) without a terminal and without `--yes`; Error for any answer but
 * yes.
 */
export async function confirm(consequence: string, yes: boolean | undefined): Promise<void> {
  if (yes) return
  if (!process.stdin.isTTY) {
    throw new CommanderError(2, 'keyhaven.unconfirmed', `${consequence}: confirm it with --yes`)
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // Ctrl+D closes the terminal without an answer
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
  const answer = await Promise.race([terminal.question(`${consequence}. Go on? [y/N] `), closed])
  terminal.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new Error('Nothing was changed.')
}
