import type { KeyObject } from 'node:crypto'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { OneTime } from '../../mail/templates.ts'
import type { Keys } from '../../model/keys.ts'
import { hmac, sha256 } from '../../secrets/hashes/hash.ts'
import { newCode, newId, newSecret } from '../../secrets/random.ts'
import type { Account } from '../../stores/accounts.ts'
import { countLive, deleteFormer, deleteLinks, insertLink, lockLinks } from '../../stores/links.ts'
import type { Link } from '../../stores/links.ts'

/** What a one-time token is for. */
export interface LinkRequest {
  readonly purpose: Link['purpose']
  /** The address, as it is written and as it is compared. */
  readonly email: string
  readonly email_key: string
  /** The account that it is made for; its credential version is bound to the link. */
  readonly account: Pick<Account, 'id' | 'credential_version'> | undefined
  /** The attempt of the browser that asked; without one there is no code. */
  readonly attempt: Locked<{ readonly id: string }> | undefined
  /** Whether a mail is sent. A link without one is over at once, so that it takes no place of others. */
  readonly sent: boolean
  /** What it acts on, as its purpose needs it. */
  readonly about?: string
  /** Until when it can be used, in milliseconds since 1970; by default as long as links of its purpose live. */
  readonly expiresAt?: number
}

/** The secrets of a link, which only its mail contains, and what the queue needs to know of it. */
export interface IssuedLink extends OneTime {
  readonly token: string
  /** For people who read the mail on another device. */
  readonly code: string
}

const MINUTE = 60_000

const WEEK = 7 * 24 * 60 * MINUTE

/** Milliseconds that a link lives. Each try to send its mail begins them anew (flows/delivery). */
export const LINK_LIVES: Readonly<Record<Link['purpose'], number>> = {
  verify: 60 * MINUTE,
  reset: 30 * MINUTE,
  'sign-in': 10 * MINUTE,
  enrol: 10 * MINUTE,
  'email-change': 60 * MINUTE,
  'email-undo': WEEK,
  'erasure-undo': WEEK,
  deny: WEEK,
}

/** Links of an address and purpose that may be live at a time, so that no stranger ends those of the owner (H13). */
const MOST = 5

/**
 * Purposes whose links callers without a session request: one that is used ends the others of its address. Links of other purposes belong to an account, and end no other.
 */
export const endsOthers: ReadonlySet<Link['purpose']> = new Set([
  'verify',
  'reset',
  'sign-in',
  'enrol',
])

/**
 * Those of them whose links work in every browser: of these, five of an address are live at most. Of the others the
 * owner needs the link of the browser at hand, so the links of strangers take no place of it.
 */
const placed: ReadonlySet<Link['purpose']> = new Set(['verify', 'reset'])

/**
 * Makes a one-time token. If it is sent, it ends the former ones of the same attempt and address, and
 * no other. The statements are the same for an address without an account, whose token is not sent.
 * @returns `undefined` if none is sent, or if five are live: their mails are in the mailbox.
 */
export async function issueLink(
  { keys }: { readonly keys: Keys },
  moment: Moment,
  { purpose, email, email_key, account, attempt, sent, about, expiresAt }: LinkRequest,
): Promise<IssuedLink | undefined> {
  const { db, now } = moment
  // Of two requests at once the second counts the link of the first
  await moment.lockName(nameOf(purpose, email_key))
  const room =
    !placed.has(purpose) || (await countLive(moment, { email_key, purpose }, attempt)) < MOST
  const isLive = room && sent
  // One that is not sent ends none, by the same statement: its stranger would void those that were
  const until = isLive ? now : 0
  if (attempt !== undefined) await deleteFormer(moment, attempt, { email_key, until })
  const [id, token, code] = [newId('lnk'), newSecret(), newCode()]
  const life = expiresAt === undefined ? LINK_LIVES[purpose] : expiresAt - now
  await insertLink(db, {
    id,
    purpose,
    token_sha256: sha256(token),
    code_hmac: codeHmac(keys.xsrf, id, code),
    tries: 0,
    attempt_id: attempt?.id ?? null,
    account_id: account?.id ?? null,
    credential_version: account?.credential_version ?? null,
    email,
    email_key,
    about: about ?? null,
    created_at: now,
    expires_at: isLive ? now + life : now,
  })
  if (!isLive) return undefined
  return { id, life, token, code: `${code.slice(0, 4)}-${code.slice(4)}` }
}

/** Ends every link of an address and purpose. */
export async function endLinks(
  moment: Moment,
  { email_key, purpose }: Pick<Link, 'email_key' | 'purpose'>,
): Promise<void> {
  // In the order of those who make one: first the name, then the rows
  await moment.lockName(nameOf(purpose, email_key))
  const all = await lockLinks(moment.db, { email_key, purpose })
  if (all.length > 0) await deleteLinks(moment.db, all)
}

function nameOf(purpose: Link['purpose'], email_key: string): string {
  return `links ${purpose} ${email_key}`
}

/** The stored form of a code: a key makes it useless to a reader of the database. */
export function codeHmac(key: KeyObject, id: string, code: string): string {
  return hmac(key, `code ${id} ${code}`)
}
