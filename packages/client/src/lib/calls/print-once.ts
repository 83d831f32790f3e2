const printed = new Set<string>()

/** Prints a text to the console of the page or app, the first time only. */
export function printOnce(how: 'warn' | 'error', text: string, ...more: readonly unknown[]): void {
  if (printed.has(text)) return
  printed.add(text)
  console[how](text, ...more)
}
