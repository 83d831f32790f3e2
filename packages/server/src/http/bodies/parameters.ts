/** A parameter in the API description. */
export interface Parameter {
  /** One sentence. */
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>>
}

const text = { type: 'string', maxLength: 256 } as const
const time = { type: 'string', examples: ['2026-11-27T18:30:00Z', '2026-11-27'] } as const

/** Every query parameter of the API; endpoints can use no others. */
export const queryParameters = {
  limit: {
    description: 'The number of items on a page.',
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
  },
  cursor: { description: 'The `next` of the previous page.', schema: text },
  sort: {
    description: 'By time: newest first, or oldest first.',
    schema: { type: 'string', enum: ['-createdAt', 'createdAt'], default: '-createdAt' },
  },
  search: { description: 'Part of an e-mail address, user name or name.', schema: text },
  status: {
    description: 'Accounts of this status.',
    schema: { type: 'string', enum: ['active', 'unverified', 'locked', 'disabled'] },
  },
  account: {
    description:
      'Of this account. The audit log accepts an id, an e-mail address or a user name; other lists an id.',
    schema: text,
  },
  session: { description: 'Of this session, by its id.', schema: text },
  from: {
    description: 'At this time or later: RFC 3339 with a zone, or a day in UTC.',
    schema: time,
  },
  to: { description: 'Before this time: RFC 3339 with a zone, or a day in UTC.', schema: time },
  actor: {
    description: 'By this actor: the id or e-mail address of an account, or an operator’s name.',
    schema: text,
  },
  action: { description: 'With this action.', schema: text },
  address: { description: 'From this network address, in any spelling.', schema: text },
  include: {
    description: '`current`: ends the calling session too.',
    schema: { type: 'string', enum: ['current'] },
  },
  everything: {
    description: '`true`: ends everything issued for the account, also what no session shows.',
    schema: { type: 'string', enum: ['true'] },
  },
  reason: {
    description: 'The reason, which is recorded. Also accepted in the body.',
    schema: text,
  },
} as const satisfies Readonly<Record<string, Parameter>>

/** The name of a query parameter. */
export type ParameterName = keyof typeof queryParameters

/** Every parameter of a path. */
export const pathParameters: Readonly<Record<string, Parameter>> = {
  id: { description: 'The id of the resource.', schema: { type: 'string' } },
  credential: { description: 'The id of a credential.', schema: { type: 'string' } },
  key: { description: 'The id of an API key.', schema: { type: 'string' } },
  role: { description: 'The name of a role.', schema: { type: 'string' } },
  jti: { description: 'The `jti` of a token.', schema: { type: 'string' } },
}
