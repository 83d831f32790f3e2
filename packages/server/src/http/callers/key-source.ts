import type { KeySource } from '@keyhaven/guard/kit'
import { introspectKey } from '../../flows/api-keys/introspect.ts'
import type { Context } from '../../flows/context.ts'
import { requestAddress } from './request-address.ts'

/** The guard in this process. */
export interface OwnGuard {
  readonly audiences: readonly string[]
  /** Addresses and networks of trusted proxies. */
  readonly trustProxy: readonly string[]
}

/** What its unknown keys are counted under; the ids of other guards have a prefix. */
const OWN_GUARD = 'own'

/** Lets the guard in this process look API keys up itself; other guards ask over HTTP. */
export function keySource(context: Context, { audiences, trustProxy }: OwnGuard): KeySource {
  return {
    introspect: async (key) => {
      try {
        return await introspectKey(context, { key, guard: OWN_GUARD, audiences })
      } catch (error) {
        context.tools.log.error({ err: error }, 'an API key could not be looked up')
        throw error
      }
    },
    addressOf: requestAddress(trustProxy),
  }
}
