import { hostname, userInfo } from 'node:os'
import type { Actor } from '../events/happened.ts'

/** The person at the command line, for the audit log: user name of the system, and host name. */
export function operator(): Actor & { readonly operator: string } {
  return { operator: `os:${userName()}@${hostname()}` }
}

/** A container may run with a user id that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
