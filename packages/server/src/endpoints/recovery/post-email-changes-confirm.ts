import * as z from 'zod'
import { completed } from '../../http/answers/mailed.ts'
import { liveCaller } from '../../http/callers/live-caller.ts'
import { flowCookiesOf } from '../../http/cookies/cookies.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { changed, hasOneProof, oneProof, proof, proofOf } from './schemas.ts'

/** Confirms the new address of an account, in a session of that account. */
export const postEmailChangesConfirm = openEndpoint({
  summary: 'Confirm the new address of an account, in a session of that account.',
  answers: { 200: changed },
  body: z.strictObject(proof).refine(hasOneProof, oneProof),
  handle: async (call) => {
    const { context, site, request, body, actor } = call
    const live = await liveCaller(call)
    const flowCookies = flowCookiesOf(site, request)
    const { confirmEmailChange } = await import('../../flows/acts.ts')
    const confirmed = await confirmEmailChange(
      context,
      { proof: proofOf(body), live, flowCookies },
      { ...actor, accountId: live?.account.id, sessionId: live?.session.id },
    )
    const { email } = confirmed
    return completed(call, { status: 200, body: { email } }, confirmed.completed)
  },
})
