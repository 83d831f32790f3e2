import { z } from 'zod'

/** Shapes of answers: what the API description says, and what tests hold every answer against. */
const time = z.iso.datetime()
const members = z.record(z.string(), z.json())

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

export const administeredAnswer = accountAnswer.extend({
  roles: z.array(z.string()),
  createdAt: time,
  lastSignInAt: time.nullable(),
  statusReason: z.string().nullable(),
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

const listOf = (item: z.ZodType): z.ZodType =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() })

export const accountsAnswer = listOf(administeredAnswer)

export const sessionsAnswer = listOf(
  z.strictObject({
    id: z.string(),
    device: z.string().nullable(),
    browser: z.string().nullable(),
    address: z.string().nullable(),
    createdAt: time,
    lastUsedAt: time,
    authTime: time,
    amr: z.array(z.string()),
    current: z.boolean(),
  }),
)

export const tokensAnswer = listOf(
  z.strictObject({
    jti: z.string(),
    account: z.string(),
    session: z.string().nullable(),
    clientId: z.string(),
    issuedAt: time,
    expiresAt: time,
  }),
)

export const auditAnswer = listOf(
  z.strictObject({
    id: z.int(),
    number: z.int().nullable(),
    at: time,
    action: z.string(),
    actor: z.string().nullable(),
    account: z.string().nullable(),
    session: z.string().nullable(),
    reason: z.string().nullable(),
    address: z.string().nullable(),
    details: z.json(),
  }),
)

export const keysAnswer = listOf(
  z.strictObject({
    kid: z.string(),
    alg: z.string(),
    state: z.enum(['next', 'current', 'retiring', 'withdrawn']),
    signsFrom: time,
    publishedUntil: time.optional(),
  }),
)

export const rotationAnswer = z.strictObject({
  kid: z.string(),
  signsFrom: time,
  withdrawn: z.array(z.string()),
})

export const statusChangeAnswer = z.strictObject({
  account: administeredAnswer,
  ended: z.strictObject({ sessions: z.int(), apiKeys: z.int(), delegations: z.int() }),
  seq: z.int(),
})

export const jwksAnswer = z.strictObject({ keys: z.array(members) })

export const metadataAnswer = z.looseObject({
  issuer: z.url(),
  jwks_uri: z.url(),
  keyhaven_cookie: z.strictObject({ access: z.string(), session: z.string() }),
  keyhaven_origins: z.array(z.string()),
  keyhaven_max_staleness: z.int(),
})

export const markAnswer = z.strictObject({ log: z.string(), seq: z.int(), time: z.int() })

export const entryAnswer = z.strictObject({
  seq: z.int(),
  kind: z.enum(['jti', 'sid', 'client_id', 'era', 'kid']),
  id: z.string(),
  code: z.enum(['session_ended', 'account_locked', 'token_expired']),
  until: z.int(),
})

export const snapshotAnswer = markAnswer.extend({
  entries: z.array(entryAnswer).max(1000),
  more: z.boolean(),
})

export const snapshotPageAnswer = snapshotAnswer.extend({ next: z.string().nullable() })

export const guardsAnswer = listOf(
  z.strictObject({
    name: z.string(),
    createdAt: time,
    connections: z.int(),
    log: z.string().nullable(),
    appliedSeq: z.int().nullable(),
    appliedAt: time.nullable(),
    age: z.number().nullable(),
    ahead: z.boolean(),
  }),
)

export const healthAnswer = z.strictObject({ status: z.literal('ok') })

export const openapiAnswer = z.looseObject({ openapi: z.literal('3.1.0'), paths: members })
