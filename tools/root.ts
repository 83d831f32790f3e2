import { dirname } from 'node:path'

/** The checkout's folder. */
export const root: string = dirname(import.meta.dirname)

/** Folders of packages, lowest floor first. */
export const packageNames = ['core', 'guard', 'client', 'server'] as const

/** Names that arguments choose; all if none are given, a sentence if one is unknown. */
export function chosenPackages(args: readonly string[]): readonly string[] {
  for (const name of args) {
    if ((packageNames as readonly string[]).includes(name)) continue
    process.stderr.write(`There is no package '${name}': take ${packageNames.join(', ')}.\n`)
    process.exit(2)
  }
  return args.length > 0 ? args : packageNames
}
