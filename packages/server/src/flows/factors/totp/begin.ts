import type { TotpEnrolment } from '@keyhaven/core/wire'
import { renderSVG } from 'uqr'
import type { Moment } from '../../../database/database.ts'
import type { Locked } from '../../../database/locked.ts'
import { newId } from '../../../secrets/random.ts'
import type { Account } from '../../../stores/accounts.ts'
import { deleteFactors, insertFactor } from '../../../stores/factors/factors.ts'
import type { Context } from '../../context.ts'
import { refuseMore } from '../refuse-more.ts'
import { newTotpSecret, sealTotpSecret, shownTotp } from './secret.ts'

/** Modules of white around a QR code, so that it is read on a dark page too (ISO/IEC 18004). */
const QUIET = 4

/**
 * Makes the secret of an authenticator app for a locked account. It is no factor until a code proves
 * that the user has it; it replaces one that was never proved.
 * @param sessionId The session in which it is added, if one is open.
 * @throws KeyhavenError `conflict` if the account has 25 factors.
 */
export async function beginTotp(
  { keys, settings }: Pick<Context, 'keys' | 'settings'>,
  { db, now }: Moment,
  { account, sessionId }: { readonly account: Locked<Account>; readonly sessionId: string | null },
): Promise<TotpEnrolment> {
  await refuseMore(db, account)
  await deleteFactors(db, account, 'unconfirmed')
  const id = newId('fac')
  const secret = newTotpSecret()
  await insertFactor(db, account, {
    id,
    kind: 'totp',
    name: null,
    secret: sealTotpSecret(keys, id, secret),
    passkey_id: null,
    counter: 0,
    about: null,
    session_id: sessionId,
    created_at: now,
    confirmed_at: null,
    last_used_at: null,
  })
  const { hostname } = new URL(settings.issuer)
  const shown = shownTotp(secret, { issuer: hostname, account: account.email })
  return { id, ...shown, qr: renderSVG(shown.uri, { border: QUIET }) }
}
