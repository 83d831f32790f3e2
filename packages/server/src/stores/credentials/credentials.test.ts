import { rmSync } from 'node:fs'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { newFolder } from '@keyhaven/stage/processes/served'
import { afterAll, describe, expect, it } from 'vitest'
import { insertCredential } from './credentials.ts'
import { withNewAccount } from '../new-account.suite.ts'

const folder = newFolder()
afterAll(() => rmSync(folder, { recursive: true }))

const never = { idle_expires_at: null, absolute_expires_at: null }
const made = { kind: 'next', client_id: 'next', scope: null, created_at: 0, last_used_at: 0 }

describe('a new credential of a kind that outlives a restore', () => {
  it('does so only if everything above it does', async () => {
    const place = await databaseIn(folder)
    await withNewAccount(place, async (db, account) => {
      const write = (id: string, parent: string | null, outlives: boolean) =>
        insertCredential(db, account, { ...made, ...never, id, parent_id: parent, outlives })
      await write('session', null, false)
      await write('under a session', 'session', true)
      await write('deeper', 'under a session', true)
      await write('lasting', null, true)
      await write('under a lasting one', 'lasting', true)
      await write('of an epoch', 'lasting', false)
    })
    const lasting = await rowsIn(
      place,
      'select id from credentials where epoch is null order by id',
    )
    expect(lasting).toEqual([{ id: 'lasting' }, { id: 'under a lasting one' }])
  })
})
