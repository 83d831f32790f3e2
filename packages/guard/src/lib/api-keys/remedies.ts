import type { ErrorCode } from '@keyhaven/core/errors'

/** What the sender of an API key that is refused can do; sessions have other remedies. */
export const keyRemedies: Partial<Record<ErrorCode, string>> = {
  token_invalid:
    'This API key is not known here: check that the whole key is sent, or make another.',
  token_expired: 'This API key has expired: make another.',
  session_ended: 'This API key was ended: make another.',
}
