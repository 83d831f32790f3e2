import { z } from 'zod'

/** Shapes of answers: what the API description says, and what tests hold every answer against. */
export const time = z.iso.datetime()

export const members = z.record(z.string(), z.json())

export const accountAnswer = z.strictObject({
  href: z.url(),
  id: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  username: z.string().optional(),
  name: z.string().optional(),
  profile: members.optional(),
  status: z.enum(['active', 'unverified', 'locked', 'disabled']),
})

export const sessionViewAnswer = z.strictObject({
  account: accountAnswer,
  claims: members,
  scope: z.array(z.string()),
  roles: z.array(z.string()),
  xsrfToken: z.string(),
  session: z.strictObject({
    id: z.string(),
    createdAt: time,
    authTime: time,
    amr: z.array(z.string()),
    expiresIn: z.int(),
    renewIn: z.int(),
    idleExpiresIn: z.int(),
    absoluteExpiresIn: z.int().optional(),
  }),
})

export const problemAnswer = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
})

export const listOf = (item: z.ZodType): z.ZodType =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() })

export const jwksAnswer = z.strictObject({ keys: z.array(members) })
