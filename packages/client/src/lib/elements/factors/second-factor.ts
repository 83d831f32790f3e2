import type { Result } from '../../calls/results.ts'
import { entered } from '../forms/entered.ts'
import type { Facts, Pane } from '../kit/pane.ts'
import { attemptBelow, isOver } from './attempt-below.ts'
import { attemptOf } from './attempt.ts'
import { everyWay, prove } from './ways.ts'

/** Completes a sign-in: by a second factor, or by setting up the one that the account needs. */
export async function secondFactor(pane: Pane, facts: Facts): Promise<void> {
  const attempt = attemptOf(pane, facts)
  const { factors, enrol, login } = attempt
  if (enrol.length > 0) {
    const begin = await import('./enrol.ts')
    return begin.enrol(pane, attempt)
  }
  const completed = async (completing: Promise<Result>): Promise<Result> => {
    const result = await completing
    if (result.ok) entered(pane)
    return result
  }
  prove(pane, {
    name: 'second-factor',
    login,
    ways: everyWay.filter((way) => factors.length === 0 || factors.includes(way)),
    typed: (factor) => completed(pane.auth.completeSignIn(factor)),
    byPasskey: async () => {
      const { passkeys } = await import('../../../passkey.ts')
      return completed(passkeys(pane.auth).completeSignIn())
    },
    refused: (error) => isOver(pane, error, attempt),
    below: attemptBelow(pane, attempt),
  })
}
