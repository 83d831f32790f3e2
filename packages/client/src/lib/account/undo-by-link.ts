import type { Undone } from './account-acts.ts'
import type { ActTools } from './act-tools.ts'
import type { Result } from '../calls/results.ts'

/** Undoes or denies something by the link of a mail, without a session. */
export async function undoByLink(
  { page, failed, updated }: ActTools,
  path: string,
  body: object,
): Promise<Result<Undone>> {
  const reply = await page.send({ method: 'POST', path, body })
  if (reply?.status !== 200 && reply?.status !== 204) return failed(reply)
  const { paused } = (reply.body ?? {}) as Undone
  // The session of this browser may be among those that it ended
  return updated(paused ? { paused } : {})
}
