import * as z from 'zod'
import { parseNetwork } from '@keyhaven/guard/kit'
import { shape } from '../../http/answers/shape.ts'
import { listOf, time } from '../../http/answers/shapes.ts'
import { line } from '../../http/bodies/members.ts'

const apiKeyAnswer = shape(() =>
  z.strictObject({
    id: z.string(),
    name: z.string(),
    prefix: z.string(),
    scope: z.array(z.string()),
    audience: z.array(z.string()).nullable(),
    addresses: z.array(z.string()).nullable(),
    createdAt: time(),
    lastUsedAt: time().nullable(),
    expiresAt: time(),
  }),
)

/** A new key, with its secret. */
export const newApiKeyAnswer = shape(() =>
  z.strictObject({ ...apiKeyAnswer().shape, secret: z.string(), key: z.string() }),
)

/** A page of keys. */
export const apiKeysAnswer = listOf(apiKeyAnswer)

/** A scope as a token can contain it (RFC 6749 §3.3). */
const scope = z
  .string()
  .max(100)
  .regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'This is no scope: use a name such as notes:read.')
  // A key is no person, who alone exercises these (H1)
  .refine(
    (one) => !one.startsWith('keyhaven:'),
    'A key can’t have scopes of the service: leave it out.',
  )

const network = z
  .string()
  .max(100)
  .refine(
    (one) => parseNetwork(one) !== undefined,
    'This is no address or network: use one such as 192.0.2.0/24 or 2001:db8::/32.',
  )

/** A key that a user wants. */
export const wantedKey = z.strictObject({
  name: line(100, 'name of the key', 'The name of the key is empty: write one.'),
  scope: z.array(scope).max(200).optional(),
  audience: z.array(z.string().max(255)).min(1).max(20).optional(),
  expiresIn: z.int().min(1).optional(),
  addresses: z.array(network).min(1).max(50).optional(),
})
