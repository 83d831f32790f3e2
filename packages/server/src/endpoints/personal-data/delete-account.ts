import { readCredential } from '@keyhaven/guard/kit'
import * as z from 'zod'
import { endingReason } from '../../http/bodies/ending.ts'
import { reason } from '../../http/bodies/members.ts'
import { readQuery, refusedParameter } from '../../http/bodies/query.ts'
import { requireScopeToSee, scopesNow } from '../../http/callers/scope.ts'
import { clearedCookies } from '../../http/cookies/cookies.ts'
import { judgingEndpoint } from '../../http/endpoint.ts'
import { plannedErasure } from './schemas.ts'
import { requestErasure } from '../../flows/personal-data/request-erasure.ts'

/** Ends all access of an account, and has it erased after the grace time. */
export const deleteAccount = judgingEndpoint({
  summary:
    'Erase my account after the grace time, or another one with keyhaven:accounts:erase and a reason.',
  answers: { 202: plannedErasure },
  query: ['reason'],
  body: z.strictObject({ reason }),
  // Other accounts are 404 without the scope, before a proof is requested (H7)
  needsProof: async ({ context, path, caller }) => {
    if (path['id'] === caller.account.id) return true
    await requireScopeToSee(context, caller, 'keyhaven:accounts:erase')
    return true
  },
  handle: async ({ context, site, request, path, query, body, caller, actor }) => {
    const { id: accountId = '' } = path
    const why = endingReason(readQuery(query, ['reason']), body)
    const isOwn = accountId === caller.account.id
    if (!isOwn && why === undefined) {
      throw refusedParameter('reason', 'The reason is missing: write one for the audit log.')
    }
    const held = scopesNow(context, caller)
    const planned = await requestErasure(context, { accountId, reason: why, held }, actor)
    const { by } = readCredential(request, site.cookies)
    const cookies = isOwn && by !== 'bearer' ? clearedCookies(site, request) : []
    return { status: 202, body: planned, cookies }
  },
})
