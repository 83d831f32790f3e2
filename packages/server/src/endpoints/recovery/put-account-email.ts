import { KeyhavenError } from '@keyhaven/core/errors'
import * as z from 'zod'
import { mailed, requestOf } from '../../http/answers/mailed.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { email, nothing } from './schemas.ts'

/** Mails a link and a code to the new address of the caller's account. */
export const putAccountEmail = guardedEndpoint({
  summary: 'Mail a link and a code to my new address, which counts once it is confirmed.',
  answers: { 202: nothing },
  body: z.strictObject({ email }),
  handle: async (call) => {
    const { context, path, caller, actor } = call
    if (path['id'] !== caller.account.id) throw new KeyhavenError('not_found')
    const request = { ...requestOf(call), live: caller }
    const { requestEmailChange } = await import('../../flows/acts.ts')
    const cookie = await requestEmailChange(context, request, actor)
    // A client without cookies uses the link
    if (cookie === undefined || caller.by === 'bearer') return { status: 202, body: {} }
    return mailed(call, cookie)
  },
})
