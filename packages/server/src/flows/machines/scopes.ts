import type { ReservedScope } from '@keyhaven/core/access'

/**
 * The scopes that a machine may have (H21). The others change who has power here, or end an account for good: a
 * person proves their identity for these.
 */
export const machineScopes = [
  'keyhaven:accounts:read',
  'keyhaven:accounts:lock',
  'keyhaven:accounts:write',
  'keyhaven:sessions:read',
  'keyhaven:sessions:end',
  'keyhaven:tokens:read',
  'keyhaven:tokens:revoke',
  'keyhaven:audit:read',
  'keyhaven:guards:read',
] as const satisfies readonly ReservedScope[]
