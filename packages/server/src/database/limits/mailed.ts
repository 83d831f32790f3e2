import type { Count, Counting } from '../counting.ts'
import { isRefusal, rowOf } from './attempts.ts'
import type { Attempt } from './attempts.ts'
import { factorRows } from './factors.ts'

/** An account, and the password under which wrong ones in a row are counted. */
export type MailedProof = Pick<Attempt, 'account' | 'row'>

/** Whether wrong passwords or second factors in a row keep the owner of an account out of new browsers. */
export async function needsMail(
  counting: Counting,
  { account = '', row }: MailedProof,
): Promise<boolean> {
  const counts = [...rowOf(counting, row), ...factorRows(counting, account)]
  let isOver = false
  // All of them, so that each account costs the same
  for (const count of counts) {
    const isOne = await counting.requireRoom(count).then(() => false, isRefusal)
    isOver ||= isOne
  }
  return isOver
}

/**
 * The counts that a proof by mail begins anew. Those of the last minutes go on: otherwise a reader of the
 * account's mails could guess its second factor as often as mails are sent.
 */
export function countsOfMail(
  counting: Counting,
  { account = '', row }: MailedProof,
): readonly Count[] {
  return [...rowOf(counting, row), ...factorRows(counting, account)]
}
