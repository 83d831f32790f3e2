import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../../database/database.ts'
import type { Locked } from '../../../database/locked.ts'
import { happened } from '../../../events/happened.ts'
import type { Actor } from '../../../events/happened.ts'
import { localeFor } from '../../../events/locale-for.ts'
import type { FactorProof } from '../../../model/sign-in/factor-proof.ts'
import type { SigningBrowser } from '../../../model/sign-in/signing-browser.ts'
import { pageLink } from '../../../model/page-link.ts'
import { deleteAttempts, lockAttempt, setAttemptAbout } from '../../../stores/attempts.ts'
import type { BrowserAttempt } from '../../../stores/attempts.ts'
import type { Context, ContextPart } from '../../context.ts'
import { factorOf } from '../../factors/prove.ts'
import { wrongFactor } from '../../factors/use.ts'
import { provedIn } from './pending.ts'
import type { Pending } from './pending.ts'

/** Second factors that one attempt may try. */
const TRIES = 5

/** How often one attempt may begin a passkey, or a factor to set up: each costs this machine some work. */
const BEGINNINGS = 20

type Attempt = Pick<Pending, 'browser' | 'attempt'>

/**
 * Counts a second factor in its attempt before it is checked: of several at once none is free.
 * @returns what takes it out of the count, if it could not be checked.
 * @throws KeyhavenError `attempt_over` after five.
 */
export async function countTry(
  { database }: Pick<Context, 'database'>,
  of: Attempt,
): Promise<() => Promise<void>> {
  const add = (tries: number): Promise<void> =>
    database.transact(async (moment) => {
      const attempt = await lockSame(moment, of)
      const proved = attempt && provedIn(attempt)
      if (attempt === undefined || proved === undefined || proved.tries + tries > TRIES) {
        throw new KeyhavenError('attempt_over')
      }
      const about = JSON.stringify({ ...proved, tries: proved.tries + tries })
      await setAttemptAbout(moment.db, attempt, about)
    })
  await add(1)
  return () => add(-1)
}

/**
 * Counts in its attempt that a passkey, or a factor to set up, is begun.
 * @returns the attempt.
 * @throws KeyhavenError `attempt_over` after twenty.
 */
export async function countBeginning(
  moment: Pick<Moment, 'db'>,
  of: Attempt,
): Promise<Locked<BrowserAttempt>> {
  const attempt = await lockSame(moment, of)
  const proved = attempt && provedIn(attempt)
  const beginnings = (proved?.beginnings ?? 0) + 1
  if (attempt === undefined || beginnings > BEGINNINGS) throw new KeyhavenError('attempt_over')
  await setAttemptAbout(moment.db, attempt, JSON.stringify({ ...proved, beginnings }))
  return attempt
}

/** The attempt, unless another one of its browser has replaced it. */
export async function lockSame(
  { db }: Pick<Moment, 'db'>,
  { browser, attempt: { id } }: Attempt,
): Promise<Locked<BrowserAttempt> | undefined> {
  const purpose = 'second-factor'
  const attempt = await lockAttempt(db, { browser: browser.sha256, purpose })
  return attempt?.id === id ? attempt : undefined
}

/** A wrong second factor, the sign-in that it was for, and the browser that sent it. */
interface WrongFactor {
  readonly pending: Pending
  readonly proof: FactorProof
  readonly from: SigningBrowser
}

/**
 * Records a wrong second factor, which ends its attempt if it was the last try. The first one behind a
 * right password is mailed: another person may know the password (H15).
 * @returns the refusal.
 */
export async function recordWrong(
  context: Pick<Context, 'database' | 'settings'> & ContextPart<'tools', 'limits'>,
  { pending, proof, from: { browser = '' } }: WrongFactor,
  actor: Actor,
): Promise<KeyhavenError> {
  const { account, proved } = pending
  const { id, email, email_key } = account
  const isReported =
    proved.methods.includes('pwd') &&
    (await context.tools.limits.countRecipient({ kind: 'second-factor', recipient: email_key }))
  const isOver = await context.database.transact(async (moment) => {
    const of = { actor, account: id, details: { factor: factorOf(proof) } }
    await happened(moment, 'second_factor.failed', of)
    if (isReported) {
      const link = pageLink(context.settings, 'reset')
      const values = { at: moment.now, browser, address: actor.address ?? '', link }
      const to = { to: email, locale: localeFor(account, actor) }
      const mail = { ...to, template: 'second-factor-failed', values } as const
      await happened(moment, 'second_factor.reported', { ...of, mail })
    }
    const attempt = await lockSame(moment, pending)
    if (attempt === undefined) return true
    if (provedIn(attempt).tries < TRIES) return false
    await deleteAttempts(moment.db, [attempt])
    return true
  })
  return wrongFactor(isOver ? 'This is not right. Sign in again to try it once more.' : undefined)
}
