/** Longer than any accepted token or password. */
const MAX_BYTES = 65_536

/** Milliseconds without input after which the command prints what it waits for. */
const SILENCE = 3000

/**
 * Reads standard input to its end.
 * @throws Error with one sentence if it is too long or is not UTF-8.
 */
export async function readStandardInput(what: string): Promise<string> {
  const hint = setTimeout(() => {
    process.stderr.write(`keyhaven: waiting for ${what} on standard input\n`)
  }, SILENCE)
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      clearTimeout(hint)
      size += chunk.length
      if (size > MAX_BYTES) {
        throw new Error(`Standard input is longer than ${MAX_BYTES} bytes: give ${what} only.`)
      }
      chunks.push(chunk)
    }
  } finally {
    clearTimeout(hint)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch (cause) {
    // Replacement characters would make different passwords equal
    throw new Error(`Standard input is not UTF-8 text: give ${what} in UTF-8.`, { cause })
  }
}
