import { createClientAddress, parseAddress } from '@keyhaven/guard/kit'
import type { KeySource } from '@keyhaven/guard/kit'
import { introspectKey } from '../../flows/api-keys/introspect.ts'
import type { Context } from '../../flows/context.ts'
import type { ServiceRequest } from '../service-request.ts'

/** The guard in this process. */
export interface OwnGuard {
  readonly audiences: readonly string[]
  /** Addresses and networks of trusted proxies. */
  readonly trustProxy: readonly string[]
}

/** Lets the guard in this process look API keys up itself; other guards ask over HTTP. */
export function keySource(context: Context, { audiences, trustProxy }: OwnGuard): KeySource {
  const clientAddress = createClientAddress(trustProxy)
  return {
    introspect: async (key) => {
      try {
        return await introspectKey(context, key, { audiences, address: undefined })
      } catch (error) {
        context.tools.log.error({ err: error }, 'an API key could not be looked up')
        throw error
      }
    },
    addressOf: (request) => {
      const { transport } = request as Partial<ServiceRequest>
      return transport === undefined
        ? clientAddress(request)
        : parseAddress(transport.address ?? '')
    },
  }
}
