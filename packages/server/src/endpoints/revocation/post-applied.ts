import * as z from 'zod'
import { noteApplied } from '../../flows/guards/note-applied.ts'
import { guardKeyEndpoint } from '../../http/endpoint.ts'

/** Stores the entry that a guard reports as applied. */
export const postApplied = guardKeyEndpoint({
  summary: 'Report what this guard has applied.',
  answers: { 204: undefined },
  body: z.strictObject({
    log: z.string('Send the log of the feed.').regex(/^[\w-]{1,64}$/, 'Send the log of the feed.'),
    seq: z
      .int('Send the number of the newest entry.')
      .min(0, 'Send the number of the newest entry.'),
  }),
  handle: async ({ context, body, caller, actor }) => {
    await noteApplied(context, { guard: caller, ...body }, actor)
    return { status: 204 }
  },
})
