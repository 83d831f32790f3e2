import { InvalidArgumentError } from 'commander'

/**
 * Parses a row number from a flag; `least` if the flag is absent.
 * @throws InvalidArgumentError for anything else.
 */
export function wholeNumber(flag: string, text: string | undefined, least: number): number {
  if (text === undefined) return least
  const number = Number(text)
  if (/^\d{1,15}$/.test(text) && number >= least) return number
  throw new InvalidArgumentError(`${flag} must be the number of a row, ${least} or more`)
}
