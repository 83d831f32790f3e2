import type { SecondFactor } from '@keyhaven/client'
import { passkey } from '../passkeys.ts'
import type { AttemptFacts, FactorList, FactorName } from '@keyhaven/core/wire'

/** A sign-in that a second factor must complete. */
export type Attempt = Pick<AttemptFacts, 'factors'> & Partial<AttemptFacts>

/** The words of one way to prove a second factor. */
interface WayWords {
  readonly title: string
  readonly about: string
  /** The button, and its label while it works. */
  readonly act: string
  readonly doing: string
  /** The link that leads to this way from another one. */
  readonly link: string
}

/** The words of each way to prove a second factor. */
export const wayWords: Readonly<Record<FactorName, WayWords>> = {
  passkey: {
    title: 'Use your passkey',
    about: 'Your browser asks for your fingerprint, your face or the PIN of your device.',
    act: 'Use passkey',
    doing: 'Waiting…',
    link: 'Use a passkey',
  },
  totp: {
    title: 'Enter your code',
    about: 'Open the authenticator app on your phone. It shows six digits.',
    act: 'Go on',
    doing: 'Checking…',
    link: 'Use your authenticator app',
  },
  recovery_code: {
    title: 'Enter a recovery code',
    about: 'Enter one of the codes that you saved when you set up your second factor.',
    act: 'Go on',
    doing: 'Checking…',
    link: 'Use a recovery code',
  },
}

const order: readonly FactorName[] = ['passkey', 'totp', 'recovery_code']

/** The ways that are possible in this browser, the safest one first. */
export function waysOf(factors: readonly FactorName[]): readonly FactorName[] {
  return order.filter(
    (way) => factors.includes(way) && (way !== 'passkey' || passkey.isSupported()),
  )
}

/** The sentence for a code that is not filled in yet. */
export function missingCode(way: FactorName, code: string): string | undefined {
  if (way === 'passkey' || code !== '') return undefined
  return way === 'totp' ? 'Enter the code that your app shows.' : 'Enter a recovery code.'
}

/** The factors that an account has set up, by name. */
export function factorNamesOf({ items, recoveryCodes }: FactorList): readonly FactorName[] {
  const kinds = [...new Set(items.map(({ kind }) => kind))]
  return kinds.length > 0 && recoveryCodes > 0 ? [...kinds, 'recovery_code'] : kinds
}

/** The proof by a code of an authenticator app, or by a recovery code. */
export function proofOf(way: FactorName, code: string): SecondFactor {
  return way === 'totp' ? { totp: code } : { recoveryCode: code }
}
