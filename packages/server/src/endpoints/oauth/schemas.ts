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
