/** Rows or a list as one parameter of a statement. */
export function jsonParameter(values: readonly unknown[]): string {
  return JSON.stringify(values, wellFormed)
}

/** Half a surrogate pair is no text in a database; in a parameter of its own the drivers replace it too. */
function wellFormed(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}
