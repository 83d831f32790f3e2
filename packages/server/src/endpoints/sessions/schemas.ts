import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { listOf, time } from '../../http/answers/shapes.ts'
import { LONGEST_LOGIN, anyText, line } from '../../http/bodies/members.ts'

/** A page of sessions. */
export const sessionsAnswer = listOf(
  shape(() =>
    z.strictObject({
      id: z.string(),
      client: z.string(),
      device: z.string().nullable(),
      browser: z.string().nullable(),
      address: z.string().nullable(),
      createdAt: time(),
      lastUsedAt: time(),
      authTime: time().nullable(),
      amr: z.array(z.string()),
      changed: z.array(z.enum(['address', 'browser'])),
      current: z.boolean(),
    }),
  ),
)

/** An e-mail address or user name. */
export const login = anyText(
  LONGEST_LOGIN,
  'e-mail address or user name',
  'The e-mail address or user name is missing: write one.',
)

/** An optional name for this device, shown in lists of sessions. */
export const device = line(
  100,
  'name of the device',
  'The name of the device is empty: write one.',
).optional()
