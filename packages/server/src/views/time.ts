/** A time in milliseconds as RFC 3339 text; a value that is no time as its digits. */
export function time(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString()
}

/** When a user last proved their identity; null if no proof is known (H17). */
export function proofTime(milliseconds: number): string | null {
  return milliseconds === 0 ? null : time(milliseconds)
}
