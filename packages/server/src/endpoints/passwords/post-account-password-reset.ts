import * as z from 'zod'
import { reason } from '../../http/bodies/members.ts'
import { scopesNow } from '../../http/callers/scope.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'

/** Mails an account the link that sets another password. The caller never gets the link. */
export const postAccountPasswordReset = guardedEndpoint({
  summary: 'Mail an account a link that sets another password, and end all its sessions.',
  answers: {
    202: () =>
      z.strictObject({
        ended: z.strictObject({ sessions: z.int(), apiKeys: z.int(), delegations: z.int() }),
      }),
  },
  body: z.strictObject({ reason: reason.unwrap() }),
  handle: async ({ context, path, body, caller, actor }) => {
    const held = scopesNow(context, caller)
    const start = { accountId: path['id'] ?? '', held, ...body, link: 'mailed' } as const
    const { startReset } = await import('../../flows/acts.ts')
    const { ended } = await startReset(context, start, actor)
    return { status: 202, body: { ended } }
  },
})
