import { ConfigurationError } from '../configuration-error.ts'
import { list } from '../parse.ts'

/** Origins whose pages hold their tokens themselves, and send no cookies (H25). */
export interface BearerOrigins {
  /** Of apps, which are the same on every phone. */
  readonly native: readonly string[]
  /** Of pages of other sites. */
  readonly pages: readonly string[]
}

/** The origins of web views in apps; the host of `app://` is the app’s choice. */
const NATIVE =
  /^(?:capacitor:\/\/localhost|https?:\/\/localhost|ionic:\/\/localhost|app:\/\/[a-z0-9][a-z0-9.-]*)$/

/** Exact origins of apps, separated by commas. */
export function nativeOrigins(text: string): readonly string[] {
  return list(text).map((one) => {
    if (NATIVE.test(one)) return one
    throw new Error(
      `must list capacitor://localhost, https://localhost, http://localhost, ionic://localhost or app://name; '${one}' is none of them`,
    )
  })
}

interface Read {
  (name: 'nativeOrigins' | 'bearerOrigins' | 'allowedOrigins'): readonly string[] | undefined
}

/**
 * Reads both lists. An own origin sends cookies, so it is in neither.
 * @throws ConfigurationError.
 */
export function bearerOriginsOf(read: Read, url: URL): BearerOrigins {
  const native = Object.freeze(read('nativeOrigins') ?? [])
  const pages = Object.freeze(read('bearerOrigins') ?? [])
  const own = [url.origin, ...(read('allowedOrigins') ?? [])]
  for (const [variable, origins] of [
    ['KEYHAVEN_NATIVE_ORIGINS', native],
    ['KEYHAVEN_BEARER_ORIGINS', pages],
  ] as const) {
    const both = origins.find((one) => own.includes(one))
    if (both === undefined) continue
    throw new ConfigurationError(
      `${variable} lists ${both}, whose pages sign in with cookies: remove it there, or from KEYHAVEN_URL and KEYHAVEN_ALLOWED_ORIGINS.`,
    )
  }
  return Object.freeze({ native, pages })
}
