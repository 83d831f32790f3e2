/**
 * A wrong configuration. The message is one sentence that states what to change. It is a
 * `TypeError` in code, like every wrong option, and exit code 78 at the command line.
 */
export class ConfigurationError extends TypeError {
  override readonly name = 'ConfigurationError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    // Node prints the stack of an uncaught error; here only the sentence helps
    this.stack = `${this.name}: ${message}`
  }
}

/** The first sentence of another error's message, to be embedded in one of ours. */
export function whyOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  const [line = ''] = text.trim().split('\n')
  return line.replace(/\.( .*)?$/, '')
}
