import { newestSeq, revocationsAfter } from '../stores/revocations.ts'
import { findFact } from '../stores/installation.ts'
import type { Rooms } from './rooms.ts'

/**
 * Takes over what other processes have written: revocations, and changes of the key ring. The
 * answer is the mark of the key ring that was seen; give it back at the next call.
 */
export async function followChanges(
  { database, revocations, keys }: Pick<Rooms, 'database' | 'revocations' | 'keys'>,
  ring: string | undefined,
): Promise<string | undefined> {
  // A process that died may have left some without a number
  await database.number()
  const seen = await database.read(async ({ db }) => {
    const newest = await newestSeq(db)
    const entries = newest > revocations.seq ? await revocationsAfter(db, revocations.seq) : []
    return { entries, ring: await findFact(db, 'keys') }
  })
  for (const entry of seen.entries) revocations.add(entry)
  if (seen.ring !== ring) await keys.reload()
  return seen.ring
}
