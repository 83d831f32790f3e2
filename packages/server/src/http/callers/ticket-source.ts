import { KeyhavenError, catalogue } from '@keyhaven/core/errors'
import type { TicketSource } from '@keyhaven/guard/kit'
import type { Context } from '../../flows/context.ts'
import { requestAddress } from './request-address.ts'

/** Lets the guard in this process redeem tickets; `trustProxy` are the proxies before it. */
export function ticketSource(context: Context, trustProxy: readonly string[]): TicketSource {
  return {
    addressOf: requestAddress(trustProxy),
    redeem: async (redemption) => {
      try {
        const { redeemTicket } = await import('../../flows/acts.ts')
        return { ok: true, claims: { ...(await redeemTicket(context, redemption, undefined)) } }
      } catch (error) {
        if (error instanceof KeyhavenError && catalogue[error.code].status === 401) {
          return { ok: false, code: error.code }
        }
        throw error
      }
    },
  }
}
