import * as z from 'zod'
import { rotateKeys } from '../../flows/keys/rotate.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { rotationAnswer } from './schemas.ts'

/** Rotates the signing key: in ten minutes, or at once in an emergency. */
export const postKeys = guardedEndpoint({
  summary: 'Rotate the signing key.',
  answers: { 200: rotationAnswer },
  body: z.strictObject({ emergency: z.boolean('Use true or false.').optional() }),
  handle: async ({ context, body, actor }) => {
    const { kid, signsFrom, withdrawn, entries } = await rotateKeys(
      { database: context.database, ...context.keys.signing },
      body.emergency ?? false,
      actor,
    )
    for (const entry of entries) context.revocations.copy.add(entry)
    context.revocations.unread.add(entries)
    // Loads the keys here and sends them to guards. They are committed: if this fails, the periodic
    // delivery and read follow
    await context.tools.outbox.deliver().catch(() => undefined)
    await context.revocations.follow().catch(() => undefined)
    return { status: 200, body: { kid, signsFrom: new Date(signsFrom).toISOString(), withdrawn } }
  },
})
