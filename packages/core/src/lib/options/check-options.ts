import { nearestName } from './nearest-name.ts'

/** Returns what an option must be, as the end of a sentence; `undefined` if the value is good. */
export type OptionCheck = (value: unknown) => string | undefined

/**
 * Checks the options of a public function when the program starts. A member that is `undefined` counts as
 * left out. An unknown member is an error: a misspelt option would silently leave something open.
 * @throws TypeError with one sentence that names the member and what it must be.
 */
export function checkOptions(
  place: string,
  options: unknown,
  checks: Readonly<Record<string, OptionCheck>>,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${place}: options must be an object.`)
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) throw new TypeError(unknownOption(place, name, checks))
    const fault = value === undefined ? undefined : checks[name]?.(value)
    if (fault !== undefined) throw new TypeError(`${place}: ${name} ${fault}.`)
  }
}

function unknownOption(place: string, name: string, checks: object): string {
  const names = Object.keys(checks)
  const near = nearestName(name, names)
  const advice = near === undefined ? `take one of ${names.join(', ')}` : `did you mean '${near}'?`
  return `${place}: '${name.slice(0, 60)}' is no option; ${advice}${near === undefined ? '.' : ''}`
}

/** A name of a header (RFC 9110 §5.6.2); with credentials `*` would be a header of that name. */
const HEADER_NAME = /^(?!\*$)[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/

/** Checks that several options use. */
export const option: {
  /** Accepts every value: another check reads it. */
  readonly anything: OptionCheck
  readonly aFunction: OptionCheck
  readonly aText: OptionCheck
  /** One of a few texts. */
  readonly oneOf: (...choices: readonly string[]) => OptionCheck
  /** A list of header names. */
  readonly headerNames: OptionCheck
} = {
  anything: () => undefined,
  aFunction: (value) => (typeof value === 'function' ? undefined : 'must be a function'),
  aText: (value) =>
    typeof value === 'string' && value.trim() !== ''
      ? undefined
      : 'must be a text that is not empty',
  oneOf: (...choices) => {
    const known = choices.map((choice) => `"${choice}"`).join(' or ')
    return (value) => (choices.includes(value as string) ? undefined : `must be ${known}`)
  },
  headerNames: (value) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string' && HEADER_NAME.test(one))
      ? undefined
      : "must be a list of header names, like ['ETag']",
}
