import { hostname, userInfo } from 'node:os'
import type { Actor } from '../events/record.ts'

/** Who is at the command line, for the audit log: the user of the system, and the machine. */
export function operator(): Actor & { readonly operator: string } {
  return { operator: `os:${userName()}@${hostname()}` }
}

/** A container may run as a user that its system has no name for. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
