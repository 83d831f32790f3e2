import { none } from '../config/limits.ts'
import { route } from '../http/route.ts'
import { late } from './late.ts'
import { admin } from './terms.ts'

const change = { who: 'session', limit: 'factors', fresh: true } as const

const begun = none(
  'It works only with the cookie of a sign-in that was begun, whose password was counted. Mails have a limit of their own, and five wrong codes or twenty beginnings end it.',
)

/** Routes of second factors: method and path, who may call and how often, endpoint. */
export const factorsRoutes = [
  route('GET /factors', { who: 'session', limit: 'read', fresh: false }, late('getFactors')),
  route(
    'POST /sessions/second-factor/enrol/totp',
    { who: 'own-origin', limit: begun },
    late('postEnrolTotp'),
  ),
  route(
    'POST /sessions/second-factor/enrol/totp/:id/confirm',
    { who: 'own-origin', limit: begun },
    late('postEnrolTotpConfirm'),
  ),
  route(
    'POST /sessions/second-factor/enrol/passkey/options',
    { who: 'own-origin', limit: begun },
    late('postEnrolPasskeyOptions'),
  ),
  route(
    'POST /sessions/second-factor/enrol/passkey',
    { who: 'own-origin', limit: begun },
    late('postEnrolPasskey'),
  ),
  route('POST /factors/totp', change, late('postTotp')),
  route('POST /factors/totp/:id/confirm', change, late('postTotpConfirm')),
  route('POST /factors/recovery-codes', change, late('postRecoveryCodes')),
  route('DELETE /factors/:id', change, late('deleteFactor')),
  route(
    'DELETE /accounts/:id/factors',
    admin('keyhaven:accounts:write', { fresh: true }),
    late('deleteAccountFactors'),
  ),
  route('POST /passkeys/options', change, late('postPasskeysOptions')),
  route('POST /passkeys', change, late('postPasskeys')),
  route('PATCH /passkeys/:id', change, late('patchPasskey')),
]
