import { defineAccess } from '@keyhaven/core/access'

/** Who may do what, in one module for the API and every page. */
export const access = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: { writer: ['notes:read', 'notes:write'] },
  defaultRoles: ['writer'],
})

export interface Note {
  readonly id: number
  readonly text: string
}
