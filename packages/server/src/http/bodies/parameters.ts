/** A parameter as the API description has it. */
export interface Parameter {
  /** One sentence. */
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>>
}

const text = { type: 'string', maxLength: 256 } as const
const time = { type: 'string', examples: ['2026-11-27T18:30:00Z', '2026-11-27'] } as const

/** Every query parameter of the API: a call can't name another. */
export const queryParameters = {
  limit: {
    description: 'How many items a page has.',
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
  },
  cursor: { description: 'The `next` of the page before.', schema: text },
  sort: {
    description: 'By time: the newest first, or the oldest.',
    schema: { type: 'string', enum: ['-createdAt', 'createdAt'], default: '-createdAt' },
  },
  search: { description: 'Part of an e-mail address, user name or name.', schema: text },
  status: {
    description: 'Accounts of this status.',
    schema: { type: 'string', enum: ['active', 'unverified', 'locked', 'disabled'] },
  },
  account: {
    description:
      'Of this account. The audit log takes an id, an e-mail address or a user name; other lists an id.',
    schema: text,
  },
  session: { description: 'Of this session, by its id.', schema: text },
  from: {
    description: 'Of this time and later: RFC 3339 with a zone, or a day in UTC.',
    schema: time,
  },
  to: { description: 'Of before this time: RFC 3339 with a zone, or a day in UTC.', schema: time },
  actor: {
    description: 'Of who acted: the id or e-mail address of an account, or an operator’s name.',
    schema: text,
  },
  action: { description: 'Of this action of the audit log.', schema: text },
  address: { description: 'From this network address, in any spelling.', schema: text },
  include: {
    description: '`current`: the session that calls ends too.',
    schema: { type: 'string', enum: ['current'] },
  },
  everything: {
    description: '`true`: all that rests on the account ends, also what no session shows.',
    schema: { type: 'string', enum: ['true'] },
  },
  reason: { description: 'Why: it is recorded. Also as a member of the body.', schema: text },
} as const satisfies Readonly<Record<string, Parameter>>

export type ParameterName = keyof typeof queryParameters

/** Every parameter of a path. */
export const pathParameters: Readonly<Record<string, Parameter>> = {
  id: { description: 'The id of what the path names.', schema: { type: 'string' } },
  role: { description: 'The name of a role.', schema: { type: 'string' } },
  jti: { description: 'The `jti` of a token.', schema: { type: 'string' } },
}
