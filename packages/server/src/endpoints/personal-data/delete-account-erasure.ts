import * as z from 'zod'
import { endingReason } from '../../http/bodies/ending.ts'
import { reason } from '../../http/bodies/members.ts'
import { readQuery } from '../../http/bodies/query.ts'
import { scopesNow } from '../../http/callers/scope.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { endErasure } from '../../flows/personal-data/end-erasure.ts'

/** Undoes the erasure of an account for an operator. */
export const deleteAccountErasure = guardedEndpoint({
  summary: 'Undo the erasure of an account before its time.',
  answers: { 204: undefined },
  query: ['reason'],
  body: z.strictObject({ reason }),
  handle: async ({ context, path, query, body, caller, actor }) => {
    const { id: accountId = '' } = path
    const why = endingReason(readQuery(query, ['reason']), body)
    const held = scopesNow(context, caller)
    await endErasure(context, { accountId, reason: why, held }, actor)
    return { status: 204 }
  },
})
