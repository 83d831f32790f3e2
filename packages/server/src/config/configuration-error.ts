/** A configuration that can't be meant. The message is one sentence that says what to change. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}
