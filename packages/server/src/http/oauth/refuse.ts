import { catalogue, KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import type { OAuthError } from '@keyhaven/core/wire'
import { clientChallenge, refusalHeaders } from '@keyhaven/guard/kit'
import { OAuthRefusal } from '../../model/oauth-refusal.ts'
import { respond } from '../answers/respond.ts'
import type { Reply } from '../service-request.ts'
import type { Site } from '../site.ts'
import { oauthErrorAnswer } from './error-answer.ts'

type Code = OAuthError['error']

/** The OAuth code of each of our codes that is about more than the request. */
const codes: Readonly<Partial<Record<ErrorCode, Code>>> = {
  not_signed_in: 'invalid_client',
  token_invalid: 'invalid_client',
  token_expired: 'invalid_client',
  session_ended: 'invalid_client',
  account_locked: 'invalid_client',
  insufficient_scope: 'invalid_scope',
  credential_not_allowed: 'unauthorized_client',
}

/**
 * A refusal as RFC 6749 §5.2 has it. Those of the service itself, 429 and 5xx, keep their status and
 * `Retry-After`.
 */
export function refuseClient(error: unknown, site: Site): Reply {
  const refused = error instanceof KeyhavenError ? error : new KeyhavenError('internal')
  const code = codeOf(refused)
  const body: OAuthError = { error: code, error_description: plain(refused.message) }
  if (site.checksAnswers) oauthErrorAnswer().parse(body)
  return respond(
    {
      status: statusOf(refused, code),
      body,
      headers: {
        'cache-control': 'no-store',
        ...(code === 'invalid_client' && clientChallenge),
        ...(code === 'temporarily_unavailable' && refusalHeaders(refused.code, refused.details)),
      },
    },
    site,
  )
}

function codeOf(error: KeyhavenError): Code {
  if (error instanceof OAuthRefusal) return error.error
  const { status } = catalogue[error.code]
  if (status === 429 || status === 503) return 'temporarily_unavailable'
  return status === 500 ? 'server_error' : (codes[error.code] ?? 'invalid_request')
}

function statusOf({ code }: KeyhavenError, error: Code): number {
  const { status } = catalogue[code]
  if (error === 'invalid_client') return 401
  // Every other refusal of a client is 400; that a body is too large or no form keeps its status
  return status === 401 || status === 403 ? 400 : status
}

/** The characters that RFC 6749 §5.2 admits in a description. */
function plain(text: string): string {
  return text.replaceAll(/[’‘“”"]/g, "'").replaceAll(/[^ -~]|\\/g, '')
}
