import type { FactorName } from '@keyhaven/core/wire'
import type { Count, Counting } from '../counting.ts'
import { countDevice } from './attempts.ts'
import type { CountedAttempt } from './attempts.ts'

/** An attempt at a second factor: of which account, of which kind, and on which known device. */
export interface FactorAttempt {
  readonly account: string
  readonly factor: FactorName
  /** A device known to belong to this account, which has counts of its own. */
  readonly device: string | undefined
}

const names: readonly FactorName[] = ['totp', 'passkey', 'recovery_code']

/** Counts a second factor before it is checked: over all attempts of the account. */
export function countFactor(
  counting: Counting,
  { account, factor, device }: FactorAttempt,
): Promise<CountedAttempt> {
  const row = counting.of('factorRow', `${account} ${factor}`)
  const asUnknown = (): Promise<CountedAttempt> => countUnknown(counting, account, row)
  if (device === undefined) return asUnknown()
  return countDevice(counting, asUnknown, {
    row: counting.of('factorDeviceRow', `${account} ${device}`),
    recent: counting.of('factorDevice', `${account} ${device}`),
    elsewhere: [row],
  })
}

async function countUnknown(
  counting: Counting,
  account: string,
  row: Count,
): Promise<CountedAttempt> {
  const counts = [row, counting.of('factor', account)]
  await counting.consume(...counts)
  return { reset: () => counting.clear(...counts), refund: () => counting.reward(...counts) }
}

/** The counts of second factors on browsers that an account does not know. */
export function factorCounts(counting: Counting, account: string): readonly Count[] {
  return [counting.of('factor', account), ...factorRows(counting, account)]
}

/** The counts of wrong second factors in a row there, each of which pauses its kind of factor. */
export function factorRows(counting: Counting, account: string): readonly Count[] {
  return names.map((factor) => counting.of('factorRow', `${account} ${factor}`))
}

/** All counts of the second factors of an account. */
export function countsOfFactors(
  counting: Counting,
  account: string,
  devices: readonly string[],
): readonly Count[] {
  return [
    ...factorCounts(counting, account),
    ...devices.flatMap((device) =>
      (['factorDevice', 'factorDeviceRow'] as const).map((rule) =>
        counting.of(rule, `${account} ${device}`),
      ),
    ),
  ]
}
