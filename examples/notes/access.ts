import { defineAccess } from '@keyhaven/core/access'

/** The part of a note that its rule reads. */
export interface Note {
  readonly id: string
  readonly owner: string
  readonly text: string
  readonly createdAt: string
}

/** Who may do what, in one module for API and page. */
export const access = defineAccess({
  scopes: ['notes:read', 'notes:add', 'notes:delete', 'notes:admin'],
  roles: {
    reader: ['notes:read'],
    editor: ['notes:read', 'notes:add', 'notes:delete'],
  },
  defaultRoles: ['editor'],
  rules: { 'notes:delete': (who, note: Note) => note.owner === who.id },
})
