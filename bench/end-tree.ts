/** The end of a credential with a thousand below it: the time until the call is answered, and until the last guard has each entry. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { machine, verdict } from './lib/measure.ts'
import { keyhavenServer, loadOnSecondCore } from './lib/servers.ts'

const CHILDREN = 1000
const GUARDS = 10
const TIMES = 15

loadOnSecondCore()
const data = mkdtempSync(join(tmpdir(), 'keyhaven-bench-'))
const service = await keyhavenServer({ data })
const login = 'ann@example.com'
const password = 'correct horse battery'
service.command(['accounts', 'create', '--email', login], password)
const { key } = service.command(['guards', 'add', 'bench']) as { key: string }
const file = new DatabaseSync(join(data, 'keyhaven.sqlite'))
const accounts = file.prepare('select id from accounts').all() as { id: string }[]
const account = accounts[0]?.id ?? ''
const path = `${service.address}/accounts/${account}/credentials`

async function signIn(): Promise<Readonly<Record<string, string>>> {
  const response = await fetch(`${service.address}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: service.origin },
    body: JSON.stringify({ login, password }),
  })
  const { xsrfToken } = (await response.json()) as { xsrfToken: string }
  const pairs = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  return { cookie: pairs.join('; '), 'x-xsrf-token': xsrfToken, origin: service.origin }
}

/** Writes an API key and a thousand exchanged tokens below it. */
function plant(id: string, claims: object): void {
  const now = Date.now()
  const end = now + 600_000
  file.exec('begin immediate')
  const credential = file.prepare(
    `insert into credentials (id, kind, account_id, client_id, parent_id, created_at, last_used_at, absolute_expires_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const delegation = file.prepare(
    `insert into delegations (credential_id, audiences) values (?, '[]')`,
  )
  const token = file.prepare(
    `insert into tokens (jti, account_id, credential_id, client_id, issued_at, expires_at, claims)
     values (?, ?, ?, ?, ?, ?, ?)`,
  )
  credential.run(id, 'api-key', account, id, null, now, now, end)
  file
    .prepare(`insert into api_keys (credential_id, name, secret_sha256) values (?, 'bench', '')`)
    .run(id)
  for (let at = 0; at < CHILDREN; at++) {
    const child = `dlg_${id}_${at}`
    credential.run(child, 'delegation', account, id, id, now, now, end)
    delegation.run(child)
    const seconds = [Math.floor(now / 1000), Math.floor(end / 1000)] as const
    token.run(`jti_${child}`, account, child, id, ...seconds, JSON.stringify(claims))
  }
  file.exec('commit')
}

async function arrivals(work: () => Promise<void>): Promise<readonly (readonly number[])[]> {
  const script = join(import.meta.dirname, 'lib/listeners.ts')
  const child = spawn(process.execPath, [script, service.address, String(GUARDS), key])
  child.stderr.pipe(process.stderr)
  await once(createInterface(child.stdout), 'line')
  await work()
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>
  child.stdin.write('report\n')
  return (JSON.parse((await line)[0]) as [number, number[]][]).map(([, times]) => times)
}

const median = (all: readonly number[]): number =>
  all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0

const cases = [
  {
    what: 'each token names the key: one entry',
    claims: (id: string) => ({ client_id: id }),
    entries: 1,
  },
  { what: 'none does: an entry for each token', claims: () => ({}), entries: CHILDREN + 1 },
] as const

console.log(`\nEnd of a key with ${CHILDREN} exchanged tokens, ${GUARDS} guards (${machine()})`)
const caller = await signIn()
for (const { what, claims, entries } of cases) {
  const answered: number[] = []
  const last: number[] = []
  for (let at = 0; at < TIMES; at++) {
    const id = `kh_bench${entries}x${at}`
    plant(id, claims(id))
    let began = 0
    const all = await arrivals(async () => {
      began = Number(process.hrtime.bigint() / 1000n)
      const response = await fetch(`${path}/${id}`, { method: 'DELETE', headers: caller })
      if (response.status !== 204) throw new Error(`${response.status} ${await response.text()}`)
      answered.push(Number(process.hrtime.bigint() / 1000n) - began)
    })
    if (all.length !== entries || all.some(({ length }) => length !== GUARDS)) {
      throw new Error(`${all.length} of ${entries} entries came to every guard`)
    }
    last.push(Math.max(...all.flat()) - began)
  }
  const toLast = median(last) / 1000
  console.log(
    `  ${what}: answered in ${(median(answered) / 1000).toFixed(1)} ms, at the last guard after ${toLast.toFixed(1)} ms, longest ${(Math.max(...last) / 1000).toFixed(1)} ms`,
  )
  const target = `end of a tree, ${entries} entries`
  verdict({
    target,
    ours: toLast,
    unit: 'ms',
    goal: 1000,
    limit: 1000,
    peers: {},
    holds: toLast <= 1000,
  })
}
file.close()
await service.stop()
rmSync(data, { recursive: true })
process.exit()
