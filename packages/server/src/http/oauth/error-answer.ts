import * as z from 'zod'
import { shape } from '../answers/shape.ts'

/** A refusal of an OAuth endpoint (RFC 6749 §5.2). */
export const oauthErrorAnswer = shape(() =>
  z.strictObject({
    error: z.enum([
      'invalid_request',
      'invalid_client',
      'invalid_grant',
      'unauthorized_client',
      'unsupported_grant_type',
      'invalid_scope',
      'invalid_target',
      'unsupported_token_type',
      'temporarily_unavailable',
      'server_error',
    ]),
    error_description: z.string().regex(/^[ !#-[\]-~]*$/),
  }),
)
