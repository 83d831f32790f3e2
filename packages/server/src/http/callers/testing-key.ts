import { KeyhavenError } from '@keyhaven/core/errors'
import type { GuardRequest } from '@keyhaven/guard'
import { readCredential } from '@keyhaven/guard/kit'
import type { Context } from '../../flows/context.ts'
import { equalSecrets, sha256 } from '../../secrets/hashes/hash.ts'
import type { Site } from '../site.ts'

/**
 * Requires the key of this start that tests read in the data folder.
 * @throws KeyhavenError `not_signed_in` without a bearer, `token_invalid` for any other.
 */
export function requireTestingKey(
  { keys: { testing } }: Pick<Context, 'keys'>,
  site: Site,
  request: GuardRequest,
): void {
  const credential = readCredential(request, site.cookies)
  if (credential.by !== 'bearer') throw new KeyhavenError('not_signed_in')
  // Hashes: their lengths, and the time to compare them, depend on no secret
  if (testing === undefined || !equalSecrets(sha256(credential.token), sha256(testing))) {
    throw new KeyhavenError('token_invalid')
  }
}
