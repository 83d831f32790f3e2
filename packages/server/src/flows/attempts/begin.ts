import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { WaitingSignUp } from '../../model/sign-in/waiting-sign-up.ts'
import { newId } from '../../secrets/random.ts'
import { lockAccount } from '../../stores/accounts.ts'
import { deleteAttempts, insertAttempt, lockAttempt } from '../../stores/attempts.ts'
import type { NewAttempt } from '../../stores/attempts.ts'
import { deleteLinksOf, moveLinks } from '../../stores/links.ts'
import type { FlowBrowser } from './browser.ts'
import type { FlowCookie } from '../../model/sign-in/flow-cookie.ts'

const MINUTE = 60_000

/** Milliseconds that an attempt lives. */
export const LIVES = {
  'sign-up': 60 * MINUTE,
  verify: 15 * MINUTE,
  reset: 15 * MINUTE,
  'email-change': 15 * MINUTE,
  'second-factor': 15 * MINUTE,
  passkey: 15 * MINUTE,
  mail: 15 * MINUTE,
} as const

/** What an attempt to sign in by passkey stores. */
export interface PasskeyAttempt {
  /** Whether a login was typed. Without an account it has no passkeys, and nothing completes the attempt. */
  readonly isNamed: boolean
}

/** An attempt to begin: a sign-up or a sign-in with what it stores, or another purpose. */
export type Beginning =
  | {
      readonly purpose: 'sign-up'
      readonly keys: { readonly email: string; readonly username: string | null }
      readonly signUp: WaitingSignUp
    }
  | {
      readonly purpose: 'second-factor'
      readonly account: string
      readonly about: object
    }
  | {
      readonly purpose: 'passkey'
      /** Whose passkeys may answer; null if any may. */
      readonly account: string | null
      readonly about: PasskeyAttempt
    }
  | { readonly purpose: 'verify' | 'reset' | 'email-change' | 'mail' }

/** A new attempt, and the cookie of its browser. */
export interface BegunAttempt {
  readonly attempt: Locked<NewAttempt>
  readonly cookie: FlowCookie
}

/** Attempts whose links stay when another one replaces them, until one for the same address is sent (H13). */
const kept: ReadonlySet<Beginning['purpose']> = new Set(['sign-up', 'reset', 'verify', 'mail'])

/** Begins an attempt. It replaces the former one of this browser and purpose. */
export async function beginAttempt(
  { db, now }: Moment,
  browser: FlowBrowser,
  beginning: Beginning,
): Promise<BegunAttempt> {
  const { purpose } = beginning
  const id = newId('att')
  // First the account, as those who complete an attempt: its row refers to the account
  if ('account' in beginning) await lockAccount(db, beginning.account ?? '')
  const former = await lockAttempt(db, { browser: browser.sha256, purpose })
  if (former !== undefined) {
    await (kept.has(purpose) ? moveLinks(db, former, id) : deleteLinksOf(db, former))
    await deleteAttempts(db, [former])
  }
  const isSignUp = beginning.purpose === 'sign-up'
  const expires_at = now + LIVES[purpose]
  const attempt = await insertAttempt(db, {
    id,
    browser_sha256: browser.sha256,
    purpose,
    email_key: isSignUp ? beginning.keys.email : null,
    username_key: isSignUp ? beginning.keys.username : null,
    sign_up: isSignUp ? JSON.stringify(beginning.signUp) : null,
    account_id: 'account' in beginning ? beginning.account : null,
    about: 'about' in beginning ? JSON.stringify(beginning.about) : null,
    created_at: now,
    expires_at,
  })
  return { attempt, cookie: cookieFor(browser, expires_at, now) }
}

/** The cookie of a browser, kept as long as the last of its attempts and one that ends then. */
export function cookieFor({ cookie, attempts }: FlowBrowser, end: number, now: number): FlowCookie {
  const last = Math.max(end, ...attempts.map(({ expires_at }) => expires_at))
  return { value: cookie, maxAge: Math.ceil((last - now) / 1000) }
}
