import { listKeys } from '../../flows/keys/list.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { keysAnswer } from './schemas.ts'

/** Lists every signing key and its state. */
export const getKeys = guardedEndpoint({
  summary: 'Every signing key and its state.',
  answers: { 200: keysAnswer },
  handle: async ({ context }) => ({
    status: 200,
    body: { items: await listKeys(context.database), next: null },
  }),
})
