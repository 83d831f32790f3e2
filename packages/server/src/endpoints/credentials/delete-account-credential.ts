import * as z from 'zod'
import { clearedCookies } from '../../http/cookies/cookies.ts'
import { endingReason } from '../../http/bodies/ending.ts'
import { reason } from '../../http/bodies/members.ts'
import { readQuery } from '../../http/bodies/query.ts'
import { isPerson, ownsAccount } from '../../http/callers/any-caller.ts'
import { requireScopeToSee, scopesNow } from '../../http/callers/scope.ts'
import { judgingEndpoint } from '../../http/endpoint.ts'

/** Ends one credential of an account, with all that were made from it. */
export const deleteAccountCredential = judgingEndpoint({
  summary:
    'End one credential of my account and all that were made from it; with keyhaven:sessions:end one of any account.',
  answers: { 204: undefined },
  query: ['reason'],
  body: z.strictObject({ reason }),
  admits: 'machines',
  // Other accounts are 404 without the scope, before a proof is requested (H7)
  needsProof: async ({ context, path, caller }) => {
    if (!ownsAccount(caller, path['id'])) {
      await requireScopeToSee(context, caller, 'keyhaven:sessions:end')
    }
    return true
  },
  handle: async ({ context, site, request, path, query, body, caller, actor }) => {
    const { endOneCredential } = await import('../../flows/acts.ts')
    const credentialId = path['credential'] ?? ''
    const end = {
      accountId: path['id'] ?? '',
      credentialId,
      held: scopesNow(context, caller),
      reason: endingReason(readQuery(query, ['reason']), body),
    }
    await endOneCredential(context, end, actor)
    const leaves = isPerson(caller) && caller.by === 'cookie' && caller.session.id === credentialId
    return { status: 204, cookies: leaves ? clearedCookies(site, request) : [] }
  },
})
