import { none } from '../config/limits.ts'
import { deleteAccountFactors } from '../endpoints/factors/delete-account-factors.ts'
import { deleteFactor } from '../endpoints/factors/delete-factor.ts'
import { getFactors } from '../endpoints/factors/get-factors.ts'
import { postEnrolTotpConfirm } from '../endpoints/factors/post-enrol-totp-confirm.ts'
import { postEnrolTotp } from '../endpoints/factors/post-enrol-totp.ts'
import { postRecoveryCodes } from '../endpoints/factors/post-recovery-codes.ts'
import { postTotpConfirm } from '../endpoints/factors/post-totp-confirm.ts'
import { postTotp } from '../endpoints/factors/post-totp.ts'
import { patchPasskey } from '../endpoints/factors/patch-passkey.ts'
import { postPasskeysOptions } from '../endpoints/factors/post-passkeys-options.ts'
import { postPasskeys } from '../endpoints/factors/post-passkeys.ts'
import { postEnrolPasskeyOptions } from '../endpoints/factors/post-enrol-passkey-options.ts'
import { postEnrolPasskey } from '../endpoints/factors/post-enrol-passkey.ts'
import { route } from '../http/route.ts'
import { admin } from './terms.ts'

const change = { who: 'session', limit: 'factors', fresh: true } as const

const begun = none(
  'It works only with the cookie of a sign-in that was begun, whose password was counted. Mails have a limit of their own, and five wrong codes or twenty beginnings end it.',
)

/** Routes of second factors: method and path, who may call and how often, endpoint. */
export const factorsRoutes = [
  route('GET /factors', { who: 'session', limit: 'read', fresh: false }, getFactors),
  route(
    'POST /sessions/second-factor/enrol/totp',
    { who: 'own-origin', limit: begun },
    postEnrolTotp,
  ),
  route(
    'POST /sessions/second-factor/enrol/totp/:id/confirm',
    { who: 'own-origin', limit: begun },
    postEnrolTotpConfirm,
  ),
  route(
    'POST /sessions/second-factor/enrol/passkey/options',
    { who: 'own-origin', limit: begun },
    postEnrolPasskeyOptions,
  ),
  route(
    'POST /sessions/second-factor/enrol/passkey',
    { who: 'own-origin', limit: begun },
    postEnrolPasskey,
  ),
  route('POST /factors/totp', change, postTotp),
  route('POST /factors/totp/:id/confirm', change, postTotpConfirm),
  route('POST /factors/recovery-codes', change, postRecoveryCodes),
  route('DELETE /factors/:id', change, deleteFactor),
  route(
    'DELETE /accounts/:id/factors',
    admin('keyhaven:accounts:write', { fresh: true }),
    deleteAccountFactors,
  ),
  route('POST /passkeys/options', change, postPasskeysOptions),
  route('POST /passkeys', change, postPasskeys),
  route('PATCH /passkeys/:id', change, patchPasskey),
]
