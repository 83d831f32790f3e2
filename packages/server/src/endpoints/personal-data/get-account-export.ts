import { fileAnswer } from '../../http/answers/file.ts'
import { endingReason } from '../../http/bodies/ending.ts'
import { readQuery, refusedParameter } from '../../http/bodies/query.ts'
import { requireScopeToSee, scopesNow } from '../../http/callers/scope.ts'
import { judgingEndpoint } from '../../http/endpoint.ts'
import { exportedFile } from './schemas.ts'
import { exportAccount } from '../../flows/personal-data/export.ts'

/** Sends all that is stored of a person as one file. */
export const getAccountExport = judgingEndpoint({
  summary:
    'Download all that is stored of me, or of another user with keyhaven:accounts:erase and a reason.',
  answers: { 200: exportedFile },
  query: ['reason'],
  // Other accounts are 404 without the scope, before a proof is requested (H7)
  needsProof: async ({ context, path, caller }) => {
    if (path['id'] === caller.account.id) return true
    await requireScopeToSee(context, caller, 'keyhaven:accounts:erase')
    return true
  },
  handle: async ({ context, path, query, caller, actor }) => {
    const { id: accountId = '' } = path
    const reason = endingReason(readQuery(query, ['reason']), {})
    if (accountId !== caller.account.id && reason === undefined) {
      throw refusedParameter('reason', 'The reason is missing: write one for the audit log.')
    }
    const held = scopesNow(context, caller)
    const parts = await exportAccount(context, { accountId, reason, held }, actor)
    const { log } = context.tools
    const name = `account-${accountId}.json`
    return fileAnswer({ name, type: 'application/json; charset=utf-8', parts, log })
  },
})
