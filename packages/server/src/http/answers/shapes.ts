import * as z from 'zod'
import { shape } from './shape.ts'
import type { Shape } from './shape.ts'

/**
 * Schemas of answers, for the API description and for tests that check every answer. This one is
 * RFC 3339.
 */
export const time = shape(() => z.iso.datetime())

/** An answer without members. */
export const nothing = shape(() => z.strictObject({}))

/** An object whose members depend on the application. */
export const members = shape(() => z.record(z.string(), z.json()))

/** An account as its owner gets it. */
export const accountAnswer = shape(() =>
  z.strictObject({
    href: z.url(),
    id: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    username: z.string().optional(),
    name: z.string().optional(),
    profile: members().optional(),
    locale: z.string().optional(),
    status: z.enum(['active', 'unverified', 'locked', 'disabled']),
  }),
)

/** The session view; times in seconds count from the response. */
export const sessionViewAnswer = shape(() =>
  z.strictObject({
    account: accountAnswer(),
    claims: members(),
    scope: z.array(z.string()),
    roles: z.array(z.string()),
    xsrfToken: z.string().optional(),
    session: z.strictObject({
      id: z.string(),
      createdAt: time(),
      authTime: time().nullable(),
      amr: z.array(z.string()),
      expiresIn: z.int(),
      renewIn: z.int(),
      idleExpiresIn: z.int(),
      absoluteExpiresIn: z.int().optional(),
    }),
  }),
)

/** The view for an API key. */
export const keyViewAnswer = shape(() =>
  z.strictObject({
    account: accountAnswer(),
    claims: members(),
    scope: z.array(z.string()),
    roles: z.array(z.string()),
    xsrfToken: z.null(),
    session: z.null(),
  }),
)

/** A refusal (RFC 9457). */
export const problemAnswer = shape(() =>
  z.looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
  }),
)

/** A page of items; `next` is the cursor of the next page, `null` at the end. */
export const listOf = (item: Shape): Shape =>
  shape(() => z.strictObject({ items: z.array(item()), next: z.string().nullable() }))

/** A key set (RFC 7517 §5). */
export const jwksAnswer = shape(() => z.strictObject({ keys: z.array(members()) }))
