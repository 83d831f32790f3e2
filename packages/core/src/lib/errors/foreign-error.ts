// Errors are read by shape: test runners and bundlers load modules into realms of their own, in which
// `instanceof Error` is false for the errors of Node itself

/** The code of an error of the system or of a library, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  const code = memberOf(error, 'code')
  return typeof code === 'string' ? code : undefined
}

/** The message of a thrown value, which need not be an `Error`. */
export function errorMessage(error: unknown): string {
  const message = memberOf(error, 'message')
  if (typeof message === 'string') return message
  try {
    return String(error)
  } catch {
    return 'the thrown value can’t be written as text'
  }
}

function memberOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
}
