/**
 * Whether the granted scopes cover the required one. A grant is a scope, a scope whose last part
 * is `*` (everything below it), or just `*` (every scope of the application, none of `keyhaven:…`).
 * `required` is one scope in full; anything with a `*` in it is never allowed.
 */
export function allows(granted: readonly string[], required: string): boolean {
  if (required === '' || required.includes('*')) return false
  if (granted.includes(required)) return true
  for (const grant of granted) {
    if (grant === '*' && !required.startsWith('keyhaven:')) return true
    if (grant.endsWith(':*') && required.startsWith(grant.slice(0, -1))) {
      if (required.length >= grant.length) return true
    }
  }
  return false
}
