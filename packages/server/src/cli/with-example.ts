/** A reason, as a message shows one. */
export const EXAMPLE_REASON = '--reason "a stolen phone"'

/** An example of each required option, for the message that it is missing. */
const examples: Readonly<Record<string, string>> = {
  '--reason': EXAMPLE_REASON,
  '--email': '--email ada@example.com',
  '--scope': '--scope keyhaven:accounts:read',
  '--new-file': '--new-file new-master.key',
}

/** Adds an example to commander's message that a required option is missing. */
export function withExample(message: string): string {
  const [, option = ''] = /^required option '(--[\w-]+)/.exec(message) ?? []
  const example = examples[option]
  return example === undefined ? message : `${message}: write it as in ${example}`
}
