/**
 * A configuration that can't be meant. The message is one sentence that says what to change. In code it is a
 * `TypeError`, as every option that is checked at start; at the command line it is exit code 78.
 */
export class ConfigurationError extends TypeError {
  override readonly name = 'ConfigurationError'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    // Node prints the stack of an error that ends a process: here the sentence is all that helps
    this.stack = `${this.name}: ${message}`
  }
}

/** The first sentence of another error's message, to stand within one of ours. */
export function whyOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  const [line = ''] = text.trim().split('\n')
  return line.replace(/\.( .*)?$/, '')
}
