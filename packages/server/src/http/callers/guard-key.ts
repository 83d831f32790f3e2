import { KeyhavenError } from '@keyhaven/core/errors'
import { GUARD_KEY_PREFIX } from '@keyhaven/core/wire'
import type { GuardRequest } from '@keyhaven/guard'
import { readCredential } from '@keyhaven/guard/kit'
import { findGuard } from '../../flows/guards/find.ts'
import type { KnownGuard } from '../../feed/guard-keys.ts'
import type { Context } from '../../flows/context.ts'
import { resolveCaller } from './caller.ts'
import type { Site } from '../site.ts'

/**
 * The guard whose key the request has.
 * @throws KeyhavenError for any other credential: the usual code for an invalid one,
 * `credential_not_allowed` for a valid one.
 */
export async function requireGuardKey(
  context: Context,
  site: Site,
  request: GuardRequest,
): Promise<KnownGuard> {
  const credential = readCredential(request, site.cookies)
  if (credential.by === 'bearer' && credential.token.startsWith(GUARD_KEY_PREFIX)) {
    return findGuard(context, credential.token)
  }
  const person = await resolveCaller(context, site, request)
  throw new KeyhavenError(person === undefined ? 'not_signed_in' : 'credential_not_allowed')
}
