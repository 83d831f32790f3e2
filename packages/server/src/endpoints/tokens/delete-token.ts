import * as z from 'zod'
import { revokeToken } from '../../flows/tokens/revoke.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { endingReason } from '../../http/bodies/ending.ts'
import { readQuery } from '../../http/bodies/query.ts'
import { scopesNow } from '../../http/callers/scope.ts'
import { reason } from '../../http/bodies/members.ts'

/** Revokes one token by its id. */
export const deleteToken = guardedEndpoint({
  summary: 'Revoke one token.',
  answers: { 204: undefined },
  query: ['reason'],
  body: z.strictObject({ reason }),
  admits: 'machines',
  handle: async ({ context, path, query, body, caller, actor }) => {
    const { jti = '' } = path
    const why = endingReason(readQuery(query, ['reason']), body)
    await revokeToken(context, { jti, held: scopesNow(context, caller), reason: why }, actor)
    return { status: 204 }
  },
})
