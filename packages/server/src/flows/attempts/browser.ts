import type { Moment } from '../../database/database.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { newSecret } from '../../secrets/random.ts'
import { attemptsOfBrowsers } from '../../stores/attempts.ts'
import type { BrowserAttempt } from '../../stores/attempts.ts'

/** A browser, named by its flow cookie, and what it has begun (H37). */
export interface FlowBrowser {
  readonly cookie: string
  readonly sha256: string
  readonly attempts: readonly BrowserAttempt[]
}

/** Live attempts of the browser that sent these flow cookies. */
export async function attemptsOf(
  moment: Moment,
  cookies: readonly string[],
): Promise<readonly BrowserAttempt[]> {
  return cookies.length === 0 ? [] : attemptsOfBrowsers(moment, cookies.map(sha256))
}

/** The browser that the flow cookies name; a new one unless one of them names a live attempt. */
export async function browserOf(moment: Moment, cookies: readonly string[]): Promise<FlowBrowser> {
  const attempts = await attemptsOf(moment, cookies)
  const known = cookies.find((cookie) => attempts.some(isOf(sha256(cookie))))
  const cookie = known ?? newSecret()
  const hash = sha256(cookie)
  return { cookie, sha256: hash, attempts: attempts.filter(isOf(hash)) }
}

/**
 * The browser that has begun this, and the attempt; the newest one if another site has planted the flow
 * cookie of a browser of its own.
 */
export async function browserWith(
  moment: Moment,
  cookies: readonly string[],
  purpose: BrowserAttempt['purpose'],
): Promise<{ readonly browser: FlowBrowser; readonly attempt: BrowserAttempt } | undefined> {
  const attempts = await attemptsOf(moment, cookies)
  const begun = attempts.filter((one) => one.purpose === purpose)
  const [attempt] = begun.toSorted((a, b) => b.created_at - a.created_at)
  const cookie = cookies.find((one) => sha256(one) === attempt?.browser_sha256)
  if (attempt === undefined || cookie === undefined) return undefined
  const hash = attempt.browser_sha256
  return { browser: { cookie, sha256: hash, attempts: attempts.filter(isOf(hash)) }, attempt }
}

const isOf =
  (hash: string) =>
  ({ browser_sha256 }: BrowserAttempt): boolean =>
    browser_sha256 === hash
