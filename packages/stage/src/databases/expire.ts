import { changeIn, rowsIn } from './databases.ts'

/** Moves the credentials of a kind of an account into the past, with their tokens, until the time of each is over. */
export async function expire(database: string, accountId: string, kind: string): Promise<void> {
  const found = await rowsIn(
    database,
    `select id, absolute_expires_at from credentials where account_id = '${accountId}' and kind = '${kind}'`,
  )
  for (const row of found) {
    const seconds = Math.ceil((Number(row['absolute_expires_at']) - Date.now()) / 1000)
    const id = String(row['id'])
    await changeIn(
      database,
      `update tokens set expires_at = expires_at - ${seconds} where credential_id = '${id}'`,
      `update credentials set absolute_expires_at = absolute_expires_at - ${seconds * 1000} where id = '${id}'`,
    )
  }
}
