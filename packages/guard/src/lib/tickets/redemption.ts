import type { ErrorCode } from '@keyhaven/core/errors'
import { errorMessage } from '@keyhaven/core/errors'
import { REDEEM_PATH } from '@keyhaven/core/wire'
import type { Asked } from '../api-keys/introspection.ts'
import type { RedeemedTicket, Redemption } from '../checks/decision.ts'
import { fetchJson } from '../issuer/fetch-json.ts'

const codes: readonly string[] = [
  'account_locked',
  'session_ended',
  'token_expired',
] satisfies ErrorCode[]

/** Redeems tickets at the service, and logs when that begins to fail and when it works again. */
export function createRedemption(
  { reach, feedKey }: Asked,
  log: (line: string) => void,
): (redemption: Redemption) => Promise<RedeemedTicket> {
  const headers = { authorization: `Bearer ${feedKey}`, 'content-type': 'application/json' }
  let problem: string | undefined
  return async (redemption) => {
    try {
      const body = JSON.stringify(redemption)
      const sent = { method: 'POST', headers, body, refusal: 401 }
      const { code, ...claims } = await fetchJson(reach + REDEEM_PATH, sent)
      if (problem !== undefined) log('the service redeems tickets again')
      problem = undefined
      if (typeof claims['jti'] === 'string') return { ok: true, claims }
      return {
        ok: false,
        code: codes.includes(String(code)) ? (code as ErrorCode) : 'token_invalid',
      }
    } catch (error) {
      const sentence = errorMessage(error)
      if (problem !== sentence) log(`can’t redeem tickets: ${sentence}; requests with one get 503`)
      problem = sentence
      throw error
    }
  }
}
