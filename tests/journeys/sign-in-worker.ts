import { testSession } from '@keyhaven/client/testing'
import type { SessionView } from '@keyhaven/core/wire'

// A worker of a test run: opens sessions at once, ends every second one, and prints the accounts of all.

const [url = '', count = '0'] = process.argv.slice(2)

const sessions = await Promise.all(
  Array.from({ length: Number(count) }, () => testSession({ url, scopes: ['notes:read'] })),
)

/** The account that a session is of, as the service says. */
async function whose(headers: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(`${url}/user/current`, { headers })
  return answer.ok ? ((await answer.json()) as SessionView).account.id : `${answer.status}`
}

for (const [at, { headers }] of sessions.entries()) {
  if (at % 2 === 0) await fetch(`${url}/sessions/current`, { method: 'DELETE', headers })
}
for (const [at, { account, headers }] of sessions.entries()) {
  const expected = at % 2 === 0 ? '401' : account.id
  const found = await whose(headers)
  if (found !== expected) throw new Error(`session ${at} is of ${found}, not of ${expected}`)
}
process.stdout.write(JSON.stringify(sessions.map(({ account }) => account.id)))
