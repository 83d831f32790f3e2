import { scopesNow } from '../../http/callers/scope.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'

/** Ends one of the caller's API keys. */
export const deleteApiKey = guardedEndpoint({
  summary: 'End one of my API keys, and all that was made from it.',
  answers: { 204: undefined },
  handle: async ({ context, path, caller, actor }) => {
    const { endApiKey } = await import('../../flows/acts.ts')
    const held = scopesNow(context, caller)
    const end = { accountId: caller.account.id, keyId: path['id'] ?? '', held }
    await endApiKey(context, end, actor)
    return { status: 204 }
  },
})
