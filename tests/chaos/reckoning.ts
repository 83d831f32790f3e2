import { rowsIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { ask } from './ask.ts'
import type { Crowd, Device, Person } from './people.ts'
import type { GuardedApi, Served } from './fleet.ts'
import type { Witness } from './witness.ts'

interface Sides {
  readonly fleet: Served
  readonly crowd: Crowd
  readonly witness: Witness
}

/** People who sign in once more at the end: each costs a hash. */
const SIGN_INS = 40

/** Calls at once. */
const AT_ONCE = 8

/** When all is mended: what was acknowledged holds everywhere. The answer is what was looked at. */
export async function checkEverything(sides: Sides): Promise<string> {
  const { fleet, crowd, witness } = sides
  const seq = await lastEntry(crowd)
  await eachGuardReports(sides, seq)
  await checkLog(sides)
  const devices = crowd.people.flatMap((one) => one.devices)
  const live = devices.filter(({ state }) => state === 'live')
  const ended = devices.filter(({ state }) => state === 'ended')
  await inParallel(devices, async (device) => {
    const answer = await crowd.current(device, 'renew')
    if (answer?.status === 503) witness.fault('who am I: 503 though all is mended')
  })
  for (const guard of fleet.guards) {
    await inParallel(live, (device) => accepted(guard, device, witness))
    await inParallel(crowd.dead, ({ token, by }) => refused(guard, { token, by }, witness))
  }
  // What the database may have lost of the others is asked for again by those whom it belongs to
  const known = crowd.people.filter(({ state, atRisk }) => state !== 'lost' && atRisk !== 'account')
  await inParallel(known, (person) => accountHolds(sides, person))
  const certain = known.filter(({ atRisk }) => atRisk === 'nothing')
  const doubtful = certain.filter(({ passwords }) => passwords.length > 1)
  const others = certain.filter(({ passwords }) => passwords.length === 1)
  for (const person of [...doubtful, ...others].slice(0, SIGN_INS)) await signsIn(sides, person)
  for (const one of crowd.replaced.slice(-SIGN_INS)) {
    const how = await outcomeOf(sides, one)
    if (how === '201') witness.fault(`${one.email} signs in with a password that was changed`)
  }
  return `${crowd.people.length} accounts, ${live.length} sessions alive and ${ended.length} ended, ${crowd.dead.length} dead tokens at ${fleet.guards.length} guards, ${seq} entries in the log`
}

/**
 * One more revocation; the answer is its number. It is tried again, as the proxy answers 503 until it has noticed that
 * services which were killed run again.
 */
async function lastEntry(crowd: Crowd): Promise<number> {
  let seq: number | undefined
  await until('something is revoked, now that all is mended', async () => {
    const person = await crowd.signUp()
    seq = person && (await crowd.lock(person))
    return seq !== undefined
  })
  return seq ?? 0
}

async function eachGuardReports({ fleet, crowd }: Sides, wanted: number): Promise<void> {
  await until('every guard reports the last entry', async () => {
    const answer = await crowd.asAdministrator('/guards?limit=100')
    const { items = [] } = (answer?.body ?? {}) as {
      items?: { appliedSeq: number; ahead: boolean }[]
    }
    const good = items.filter(({ appliedSeq, ahead }) => appliedSeq === wanted && !ahead)
    return good.length === fleet.guards.length
  })
}

/** No number is missing, and nothing waits for one. */
async function checkLog({ fleet, witness }: Sides): Promise<void> {
  const [row] = await rowsIn(
    fleet.database,
    `select c.seq - c.dropped as wanted,
      (select count(*) from revocations r where r.seq > c.dropped) as found,
      (select count(*) from pending_revocations) as pending from revocation_counter c`,
  )
  if (Number(row?.['wanted']) !== Number(row?.['found']) || Number(row?.['pending']) > 0) {
    witness.fault(`the log has gaps: ${JSON.stringify(row)}`)
  }
}

async function accepted(guard: GuardedApi, device: Device, witness: Witness): Promise<void> {
  const headers = { authorization: `Bearer ${device.tokens.at(-1) ?? ''}` }
  const answer = await ask(guard.address, { headers })
  if (answer?.status === 200) return
  const body = JSON.stringify(answer?.body)
  witness.fault(`${guard.name} refuses a live session of ${device.person.email}: ${body}`)
}

async function refused(
  guard: GuardedApi,
  { token, by }: { readonly token: string; readonly by: string },
  witness: Witness,
): Promise<void> {
  const answer = await ask(guard.address, { headers: { authorization: `Bearer ${token}` } })
  if (answer?.status === 401) return
  witness.fault(`${guard.name} answers ${answer?.status} to a token that ${by} ended`)
}

async function accountHolds({ crowd, witness }: Sides, person: Person): Promise<void> {
  const answer = await crowd.asAdministrator(`/accounts/${person.account}`)
  const { status } = (answer?.body ?? {}) as { status?: string }
  const open = ['active', 'locked']
  const wanted = { active: ['active'], locked: ['locked'], locking: open, lost: open }
  if (answer?.status === 200 && wanted[person.state].includes(status ?? '')) return
  witness.fault(`${person.email} should be ${person.state}, and is ${status ?? answer?.status}`)
}

/** With exactly one of the passwords that it may have. */
async function signsIn(sides: Sides, person: Person): Promise<void> {
  const { email, state, passwords } = person
  const answers: string[] = []
  for (const password of passwords) {
    const how = await outcomeOf(sides, { email, password })
    if (how !== 'invalid_credentials') answers.push(how)
  }
  const open = ['201', 'account_locked']
  const wanted = { active: ['201'], locked: ['account_locked'], locking: open, lost: open }[state]
  const [only = 'refused', ...more] = answers
  if (more.length === 0 && wanted.includes(only)) return
  sides.witness.fault(`${email} (${state}) signs in: ${answers.join(', ') || 'refused'}`)
}

/** What a sign-in is answered: 201, or the code. Each comes from an address of its own. */
async function outcomeOf(
  { fleet }: Sides,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<string> {
  const address = `10.200.${(++sent >> 8) & 255}.${sent & 255}`
  const answer = await ask(`${fleet.issuer}/sessions`, {
    method: 'POST',
    headers: { origin: new URL(fleet.issuer).origin, 'x-forwarded-for': address },
    body: { login: email, password },
  })
  const { code } = (answer?.body ?? {}) as { code?: string }
  return code ?? String(answer?.status)
}

let sent = 0

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
