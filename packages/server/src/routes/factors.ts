import { deleteAccountFactors } from '../endpoints/factors/delete-account-factors.ts'
import { deleteFactor } from '../endpoints/factors/delete-factor.ts'
import { getFactors } from '../endpoints/factors/get-factors.ts'
import { postRecoveryCodes } from '../endpoints/factors/post-recovery-codes.ts'
import { postTotpConfirm } from '../endpoints/factors/post-totp-confirm.ts'
import { postTotp } from '../endpoints/factors/post-totp.ts'
import { patchPasskey } from '../endpoints/passkeys/patch-passkey.ts'
import { postPasskeysOptions } from '../endpoints/passkeys/post-passkeys-options.ts'
import { postPasskeys } from '../endpoints/passkeys/post-passkeys.ts'
import { route } from '../http/route.ts'
import { admin } from './terms.ts'

const change = { who: 'session', limit: 'factors', fresh: true } as const

/** Routes of second factors: method and path, who may call and how often, endpoint. */
export const factorsRoutes = [
  route('GET /factors', { who: 'session', limit: 'read', fresh: false }, getFactors),
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
