import type { Selectable } from 'kysely'
import type { Connection, Moment } from '../../database/database.ts'
import type { ChallengeTable } from '../../database/tables/factor.ts'
import { epochNow } from '../credentials/credentials.ts'

/** What a challenge belongs to: the only place at which its answer is accepted. */
export type ChallengeSubject = Pick<Selectable<ChallengeTable>, 'subject_id' | 'purpose'>

/** Writes the challenge of a subject, in place of its former one. */
export async function putChallenge(
  { db }: Pick<Moment, 'db'>,
  subject: ChallengeSubject,
  { challenge, expires_at }: { readonly challenge: string; readonly expires_at: number },
): Promise<void> {
  const row = { challenge, expires_at, epoch: epochNow }
  await db
    .insertInto('challenges')
    .values({ ...subject, ...row })
    .onConflict((conflict) => conflict.columns(['subject_id', 'purpose']).doUpdateSet(row))
    .execute()
}

/** The live challenge of a subject. */
export async function challengeOf(
  { db, now }: Moment,
  { subject_id, purpose }: ChallengeSubject,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('challenges')
    .select('challenge')
    .where('subject_id', '=', subject_id)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .where('epoch', '>=', epochNow)
    .executeTakeFirst()
  return row?.challenge
}

/** Uses up a challenge. @returns false if another answer was first, or another challenge came. */
export async function useChallenge(
  { db }: Pick<Moment, 'db'>,
  { subject_id, purpose }: ChallengeSubject,
  challenge: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('challenges')
    .where('subject_id', '=', subject_id)
    .where('purpose', '=', purpose)
    .where('challenge', '=', challenge)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Deletes challenges that expired before this millisecond, oldest first. @returns how many. */
export async function dropChallengesBefore(
  db: Connection,
  time: number,
  most: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('challenges')
    .where((where) =>
      where(
        where.refTuple('subject_id', 'purpose'),
        'in',
        where
          .selectFrom('challenges')
          .select(['subject_id', 'purpose'])
          .where('expires_at', '<', time)
          .orderBy('expires_at')
          .limit(most)
          .$asTuple('subject_id', 'purpose'),
      ),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
