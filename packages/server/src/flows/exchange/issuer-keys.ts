import { parseStrictObject } from '@keyhaven/core'
import type { Jwk } from '@keyhaven/core'
import { errorCode, KeyhavenError } from '@keyhaven/core/errors'
import { urlOfKeys } from '../../config/exchange/exchange-settings.ts'
import { isPublicKey } from '../../config/exchange/trust-module.ts'
import type { TrustedIssuer } from '../../config/exchange/trusted-issuer.ts'
import type { OutgoingRules } from '../../outgoing/judged-lookup.ts'
import type { Logger } from '../../telemetry/logger.ts'

/** The keys of a trusted issuer. */
export interface IssuerKeys {
  /**
   * The key of this name, or the only key for a token that names none; `undefined` without one.
   * @throws KeyhavenError `unavailable` if the keys can't be read.
   */
  find(kid: string | undefined): Promise<Jwk | undefined>
}

/** Milliseconds between two reads that an unknown name or a failure causes (H32). */
const AGAIN = 30_000

/** Milliseconds after which keys are read again, so that one which the issuer withdrew is refused. */
const FRESH = 600_000

/** Milliseconds for which keys are used if they can't be read again. */
const USABLE = 3_600_000

/** Milliseconds of one read. */
const PATIENCE = 10_000

/** Most keys of an issuer. */
const MOST = 64

/** The keys of an entry, which are read when the first token comes. */
export function createIssuerKeys(
  trusted: TrustedIssuer,
  { rules, log }: { readonly rules: OutgoingRules; readonly log: Logger },
): IssuerKeys {
  const url = urlOfKeys(trusted)
  if (url === undefined) {
    const { keys } = trusted.jwks as { readonly keys: readonly Jwk[] }
    return { find: async (kid) => pick(keys, kid) }
  }
  let keys: readonly Jwk[] | undefined
  let readAt = 0
  let mayReadAt = 0
  let running: Promise<void> | undefined

  const read = async (): Promise<void> => {
    try {
      const { getText } = await import('../../outgoing/get-text.ts')
      const headers = {
        accept: 'application/jwk-set+json, application/json',
        'user-agent': 'keyhaven',
      }
      keys = keysIn(await getText({ url: new URL(url), headers, timeout: PATIENCE }, rules))
      readAt = performance.now()
    } catch (error) {
      log.warn(
        { issuer: trusted.issuer, cause: errorCode(error) ?? 'UNUSABLE' },
        'the keys of a trusted issuer can’t be read; its tokens are refused until they can',
      )
      mayReadAt = performance.now() + AGAIN
    }
  }
  const readOnce = (): Promise<void> => {
    if (running === undefined && performance.now() < mayReadAt) return Promise.resolve()
    // The first read of all leaves the next unknown name its own
    if (running === undefined && keys !== undefined) mayReadAt = performance.now() + AGAIN
    running ??= read().finally(() => (running = undefined))
    return running
  }
  return {
    find: async (kid) => {
      const isFresh = performance.now() - readAt < FRESH
      const known = keys && isFresh ? pick(keys, kid) : undefined
      if (known !== undefined) return known
      await readOnce()
      if (keys !== undefined && performance.now() - readAt < USABLE) return pick(keys, kid)
      throw new KeyhavenError('unavailable', { reason: 'keys of a trusted issuer' })
    },
  }
}

/** Two keys of one name are none: nothing says which of them is meant. */
function pick(keys: readonly Jwk[], kid: string | undefined): Jwk | undefined {
  const named = kid === undefined ? keys : keys.filter((one) => one.kid === kid)
  return named.length === 1 ? named[0] : undefined
}

/** @throws Error unless the text is a set with at least one public key. */
function keysIn(text: string): readonly Jwk[] {
  const parsed = parseStrictObject(Buffer.from(text))
  const keys = parsed.ok ? parsed.value['keys'] : undefined
  const usable = (Array.isArray(keys) ? keys.slice(0, MOST) : []).filter(isPublicKey) as Jwk[]
  if (usable.length > 0) return usable
  throw Object.assign(new Error('no key set'), { code: 'NO_KEYS' })
}
