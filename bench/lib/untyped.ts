import { createRequire } from 'node:module'

/** The part of jsonwebtoken that is measured; the package has no types of its own. */
interface Jsonwebtoken {
  verify(
    token: string,
    key: string,
    options: { issuer: string; audience: string; algorithms: readonly string[] },
  ): unknown
}

export const jsonwebtoken: Jsonwebtoken = createRequire(import.meta.url)(
  'jsonwebtoken',
) as Jsonwebtoken
