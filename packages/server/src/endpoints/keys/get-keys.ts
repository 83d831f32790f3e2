import { listKeys } from '../../flows/keys/list.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { keysAnswer } from './schemas.ts'

/** Every key and what it does now. */
export const getKeys = guardedEndpoint({
  summary: 'Every signing key and what it does now.',
  answers: { 200: keysAnswer },
  handle: async ({ context }) => ({
    status: 200,
    body: { items: await listKeys(context.database), next: null },
  }),
})
