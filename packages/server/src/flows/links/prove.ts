import { KeyhavenError } from '@keyhaven/core/errors'
import type { Connection, Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { Keys } from '../../model/keys.ts'
import { equalSecrets, sha256 } from '../../secrets/hashes/hash.ts'
import { findLink, lockLinksOfAttempts, noteWrongCode } from '../../stores/links.ts'
import type { Link } from '../../stores/links.ts'
import type { FlowBrowser } from '../attempts/browser.ts'
import type { Context } from '../context.ts'
import { codeHmac } from './issue.ts'

/** What a mail contained: the token of its link, or the code beside it. */
export type LinkProof = { readonly token: string } | { readonly code: string }

/** A proof, its purpose, and the browser that sent it. */
export interface LinkUse {
  readonly purpose: Link['purpose']
  readonly proof: LinkProof
  readonly browser: Pick<FlowBrowser, 'attempts'>
}

/** Wrong codes after which a code is void. */
const TRIES = 5

/**
 * Finds the link of a token or a code, and does not use it up. A code is valid in the browser that
 * asked for it only, and a wrong one is counted.
 * @throws KeyhavenError `link_invalid` or `link_expired`.
 */
export async function proveLink(
  context: Pick<Context, 'database' | 'keys'>,
  { purpose, proof, browser }: LinkUse,
): Promise<Link> {
  const { database, keys } = context
  // A code without the cookie of its browser costs nothing
  if ('code' in proof && browser.attempts.length === 0) throw new KeyhavenError('link_invalid')
  const { link, now } =
    'token' in proof
      ? await database.read(async ({ db, now: at }) => ({
          link: await findLink(db, { token: sha256(proof.token), purpose }),
          now: at,
        }))
      : await database.transact(async ({ db, now: at }) => {
          const attempts = browser.attempts.map(({ id }) => id)
          const links = await lockLinksOfAttempts(db, { attempts, purpose })
          return { link: await tryCode(db, keys, { links, code: proof.code }), now: at }
        })
  if (link === undefined) throw new KeyhavenError('link_invalid')
  requireUnexpired(link, { now })
  return link
}

/** @throws KeyhavenError `link_expired`. */
export function requireUnexpired(
  { expires_at }: Pick<Link, 'expires_at'>,
  { now }: Pick<Moment, 'now'>,
): void {
  if (expires_at <= now) throw new KeyhavenError('link_expired')
}

interface CodeTry {
  readonly links: readonly Locked<Link>[]
  readonly code: string
}

/** The link of a code among those of a browser. A wrong one counts for each of them. */
async function tryCode(
  db: Connection,
  { xsrf }: Keys,
  { links, code }: CodeTry,
): Promise<Link | undefined> {
  const typed = canonicalCode(code)
  const open = links.filter(({ tries }) => tries < TRIES)
  const match = open.find(({ id, code_hmac }) => equalSecrets(codeHmac(xsrf, id, typed), code_hmac))
  if (match === undefined) for (const link of open) await noteWrongCode(db, link)
  return match
}

/** Case, spaces and hyphens of a code don't matter: people type it. */
function canonicalCode(code: string): string {
  return code.replace(/[\s\p{Pd}]+/gu, '').toUpperCase()
}
