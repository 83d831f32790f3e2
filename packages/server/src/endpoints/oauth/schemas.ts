import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'

/** Metadata (RFC 8414 §2) with members of Keyhaven. */
export const metadataAnswer = shape(() =>
  z.looseObject({
    issuer: z.url(),
    jwks_uri: z.url(),
    keyhaven_cookie: z.strictObject({ access: z.string(), session: z.string() }),
    keyhaven_origins: z.array(z.string()),
    keyhaven_bearer_origins: z.array(z.string()),
    keyhaven_max_staleness: z.int(),
  }),
)

/** A successful answer of the token endpoint. */
export const tokenAnswer = shape(() =>
  z.strictObject({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
    scope: z.string().optional(),
    refresh_token: z.string().optional(),
    issued_token_type: z.literal('urn:ietf:params:oauth:token-type:access_token').optional(),
  }),
)

/** What a guard learns about a token (RFC 7662 §2.2); the claims of a token are beside these members. */
export const introspectionAnswer = shape(() =>
  z.union([
    z.strictObject({ active: z.literal(false), code: z.string().optional() }),
    z.looseObject({
      active: z.literal(true),
      token_type: z.enum(['Bearer', 'refresh_token']),
      client_id: z.string(),
      sub: z.string(),
      exp: z.int().optional(),
      addresses: z.array(z.string()).optional(),
    }),
  ]),
)
