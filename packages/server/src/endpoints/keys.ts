import { z } from 'zod'
import { listKeys } from '../flows/list-keys.ts'
import { rotateKeys } from '../flows/rotate-keys.ts'
import { guardedEndpoint } from '../http/endpoint.ts'

/** Every key and what it does now. */
export const getKeys = guardedEndpoint({
  handle: async ({ rooms }) => ({
    status: 200,
    body: { items: await listKeys(rooms.database), next: null },
  }),
})

/** Rotates: in ten minutes, or at once in an emergency. */
export const postKeys = guardedEndpoint({
  body: z.strictObject({ emergency: z.boolean('Use true or false.').optional() }),
  handle: async ({ rooms, body, actor }) => {
    const { kid, signsFrom, withdrawn, entries } = await rotateKeys(
      { database: rooms.database, ...rooms.signing },
      body.emergency ?? false,
      actor,
    )
    for (const entry of entries) rooms.revocations.add(entry)
    await rooms.keys.reload()
    return { status: 200, body: { kid, signsFrom: new Date(signsFrom).toISOString(), withdrawn } }
  },
})
