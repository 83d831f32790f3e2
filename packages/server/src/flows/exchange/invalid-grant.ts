import { catalogue, KeyhavenError } from '@keyhaven/core/errors'
import { OAuthRefusal } from '../../model/oauth-refusal.ts'

/** The refusal of a token that can't be exchanged. */
export function invalidGrant(description: string): OAuthRefusal {
  return new OAuthRefusal('invalid_grant', description)
}

/** The same for every failure of a credential; limits and failures of the service stay what they are. */
export async function asGrant<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof KeyhavenError) || error instanceof OAuthRefusal) throw error
    const { status } = catalogue[error.code]
    if (status !== 401 && status !== 403) throw error
    throw invalidGrant(NOT_LIVE)
  }
}

/** A token that is wrong, revoked, expired or of an account that is not active: alike, so that nothing is learnt. */
export const NOT_LIVE =
  'The token is not valid, or it has ended or expired: get a new one and exchange that.'
