/** Scopes of Keyhaven's own administration. The application's `*` does not cover them. */
export const reservedScopes = [
  'keyhaven:accounts:read',
  'keyhaven:accounts:lock',
  'keyhaven:accounts:write',
  'keyhaven:accounts:erase',
  'keyhaven:accounts:impersonate',
  'keyhaven:roles:assign',
  'keyhaven:sessions:read',
  'keyhaven:sessions:end',
  'keyhaven:tokens:read',
  'keyhaven:tokens:revoke',
  'keyhaven:audit:read',
  'keyhaven:keys:rotate',
  'keyhaven:guards:read',
  'keyhaven:clients:write',
  'keyhaven:webhooks:write',
] as const

/** The name of one of Keyhaven's own scopes. */
export type ReservedScope = (typeof reservedScopes)[number]

/** Names of the roles that every installation has. */
export type BuiltInRole = 'admin' | 'support'

/** Roles that every installation has. `admin` holds every scope, the application's too. */
export const builtInRoles: {
  readonly admin: readonly string[]
  readonly support: readonly ReservedScope[]
} = {
  admin: ['*', 'keyhaven:*'],
  support: [
    'keyhaven:accounts:read',
    'keyhaven:accounts:lock',
    'keyhaven:sessions:read',
    'keyhaven:sessions:end',
    'keyhaven:audit:read',
    'keyhaven:guards:read',
  ],
}

/** Whether this is the name of a built-in role. */
export function isBuiltIn(role: unknown): role is BuiltInRole {
  return typeof role === 'string' && Object.hasOwn(builtInRoles, role)
}
