/** The values of an option that may be given more than once. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

/** Loads these functions when a command needs one: a start needs none of them. */
export function run(
  name: keyof typeof import('./commands.ts'),
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command: (...given: never[]) => Promise<void> = (await import('./commands.ts'))[name]
    await command(...(given as never[]))
  }
}
