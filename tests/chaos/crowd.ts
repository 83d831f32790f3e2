import { ask } from './ask.ts'
import type { Answer } from './ask.ts'
import { MAX_STALENESS } from './fleet.ts'
import type { GuardedApi, Served } from './fleet.ts'
import type { Crowd, Dead, Device, Person, Replaced, Writes } from './people.ts'
import type { Random } from './random.ts'
import type { Witness } from './witness.ts'

/** Milliseconds in which what one process wrote counts in the other: 250 by contract, the rest is the machine's. */
const AT_SERVICE = 1000

interface Surroundings {
  /** Begins every address. */
  readonly name?: string
  readonly fleet: Served
  readonly witness: Witness
  readonly random: Random
  readonly administrator: { readonly email: string; readonly password: string }
}

export const PASSWORD = 'correct horse battery'

export function createCrowd({
  name: nameOfAll = 'person',
  fleet,
  witness,
  random,
  administrator,
}: Surroundings): Crowd {
  const { issuer } = fleet
  const { origin } = new URL(issuer)
  const people: Person[] = []
  const dead: Dead[] = []
  const replaced: Replaced[] = []
  let writes: Writes = 'kept'
  let root: Device | undefined
  let count = 0
  let sent = 0

  const send = async (
    what: string,
    path: string,
    {
      device,
      allowed,
      ...asking
    }: Parameters<typeof ask>[1] & {
      readonly device?: Pick<Device, 'cookies' | 'xsrf'>
      /** Judged when the answer is there: what was asked for may have been lost meanwhile. */
      readonly allowed: () => readonly number[]
    },
  ): Promise<Answer | undefined> => {
    // Each from an address of its own: what one address may do is limited
    const address = `10.${(++sent >> 16) & 255}.${(sent >> 8) & 255}.${sent & 255}`
    const cookie = [...(device?.cookies ?? [])].map((pair) => pair.join('=')).join('; ')
    const answer = await ask(issuer + path, {
      ...asking,
      headers: {
        origin,
        'x-forwarded-for': address,
        ...(device && { cookie, 'x-xsrf-token': device.xsrf }),
      },
    })
    witness.answered(what, answer, allowed())
    if (answer === undefined) witness.fault(`${what}: nginx gave no answer`)
    return answer
  }
  const kill = (device: Pick<Device, 'tokens'>, by: string): void => {
    const since = performance.now()
    const isAtRisk = writes !== 'kept'
    for (const token of device.tokens) dead.push({ token, by, since, isAtRisk })
    device.tokens = []
  }
  const end = (device: Device, by: string): void => {
    device.state = 'ended'
    kill(device, by)
  }
  const take = (device: Device, { cookies }: Answer): void => {
    for (const [name, value] of cookies) device.cookies.set(name, value)
    const token = cookies.get('keyhaven')
    if (token) device.tokens.push(token)
    if (token && writes !== 'kept') device.unrecorded.add(token)
  }
  const deviceOf = (person: Person, answer: Answer): Device => {
    const { xsrfToken: xsrf, session } = answer.body as {
      xsrfToken: string
      session: { id: string }
    }
    const cookies = new Map<string, string>()
    const device: Device = {
      person,
      session: session.id,
      cookies,
      xsrf,
      tokens: [],
      unrecorded: new Set(),
      state: writes === 'lost' ? 'unknown' : 'live',
      isAtRisk: writes !== 'kept',
    }
    take(device, answer)
    person.devices.push(device)
    return device
  }
  const isGood = (answer: Answer | undefined, status: number, what: string): answer is Answer => {
    if (answer?.status !== status) return false
    witness.acknowledged(what)
    return true
  }
  const doubt = (devices: readonly Device[]): void => {
    for (const device of devices) if (device.state === 'live') device.state = 'unknown'
  }

  /** The password of this person is being changed. */
  const risk = (person: Person): void => {
    if (writes !== 'kept' && person.atRisk === 'nothing') person.atRisk = 'password'
    if (writes === 'lost' && person.state !== 'locked') person.state = 'lost'
  }

  const current: Crowd['current'] = async (device, how) => {
    const cookies = new Map(device.cookies)
    if (how === 'renew') cookies.delete('keyhaven')
    const { state } = device
    const allowed = (): number[] => {
      if (state === 'ended') return [401, 503]
      return state === 'live' && device.state === 'live' ? [200, 503] : [200, 401, 503]
    }
    const what = `who am I (${state})`
    const answer = await send(what, '/user/current', { device: { ...device, cookies }, allowed })
    if (answer?.status === 200) take(device, answer)
    return answer
  }
  const callOnce = async (token: string, guard: GuardedApi): Promise<Answer | undefined> => {
    const answer = await ask(guard.address, { headers: { authorization: `Bearer ${token}` } })
    witness.answered('API', answer, [200, 401, 503])
    return answer
  }
  return {
    people,
    dead,
    replaced,
    be: (next) => {
      writes = next
      if (next !== 'lost') return
      for (const person of people) {
        if (person.atRisk !== 'nothing' && person.state !== 'locked') person.state = 'lost'
        for (const one of person.devices) if (one.isAtRisk) doubt([one])
      }
    },
    current,
    signUp: async () => {
      const email = `${nameOfAll}${++count}@example.com`
      const body = { email, password: PASSWORD }
      const allowed = (): number[] => [201, 503]
      const answer = await send('sign-up', '/accounts', { method: 'POST', body, allowed })
      if (!isGood(answer, 201, 'sign-ups')) return undefined
      const { account } = answer.body as { account: { id: string } }
      const passwords = [PASSWORD]
      const person: Person = {
        email,
        account: account.id,
        passwords,
        devices: [],
        state: writes === 'lost' ? 'lost' : 'active',
        atRisk: writes === 'kept' ? 'nothing' : 'account',
      }
      people.push(person)
      deviceOf(person, answer)
      return person
    },
    signIn: async (person) => {
      const [password = ''] = person.passwords
      const body = { login: person.email, password }
      const allowed = unlessLost(person, [201, 503])
      const answer = await send('sign-in', '/sessions', { method: 'POST', body, allowed })
      return isGood(answer, 201, 'sign-ins') ? deviceOf(person, answer) : undefined
    },
    call: async (device, guard) => {
      const before = device.tokens.at(-1)
      if (before === undefined) return
      const first = await callOnce(before, guard)
      if (first?.status !== 401) return
      // Its last token may be one whose revocation was asked for, and not acknowledged
      if ((await current(device, 'renew'))?.status !== 200) return
      const token = device.tokens.at(-1) ?? ''
      const again = await callOnce(token, guard)
      if (again?.status !== 401) return
      witness.fault(
        `${guard.name} refuses a token that the service has just given: ${JSON.stringify(again.body)}; ${token === before ? 'the same' : 'another'} as before, which was refused: ${JSON.stringify(first.body)}`,
      )
    },
    signOut: async (device) => {
      doubt([device])
      const allowed = (): number[] => [204, 503]
      const path = '/sessions/current'
      const answer = await send('sign-out', path, { method: 'DELETE', device, allowed })
      if (isGood(answer, 204, 'sign-outs')) end(device, 'a sign-out')
    },
    changePassword: async (device) => {
      const { person } = device
      const [password = ''] = person.passwords
      const next = `${PASSWORD} ${random.below(1e9)}`
      const others = person.devices.filter((one) => one !== device && one.state !== 'ended')
      doubt(person.devices)
      risk(person)
      person.passwords = [password, next]
      const path = `/accounts/${person.account}/password`
      const answer = await send('password', path, {
        method: 'PUT',
        body: { current: password, password: next },
        device,
        allowed: unlessLost(person, [204, 503]),
      })
      if (!isGood(answer, 204, 'changed passwords')) return
      person.passwords = [next]
      replaced.push({ email: person.email, password })
      for (const other of others) end(other, 'a changed password')
      device.tokens = device.tokens.filter((token) => !device.unrecorded.has(token))
      kill(device, 'a changed password')
      device.state = writes === 'lost' ? 'unknown' : 'live'
      if (writes !== 'kept') device.isAtRisk = true
      risk(person)
      take(device, answer)
    },
    lock: async (person) => {
      person.state = 'locking'
      doubt(person.devices)
      const body = { status: 'locked', reason: 'chaos' }
      const path = `/accounts/${person.account}`
      const allowed = unlessLost(person, [200, 503])
      const device = root
      const answer = await send('lock', path, {
        method: 'PATCH',
        body,
        allowed,
        ...(device && { device }),
      })
      if (!isGood(answer, 200, 'locks')) return undefined
      person.state = 'locked'
      for (const one of person.devices) if (one.state !== 'ended') end(one, 'a lock')
      return (answer.body as { seq: number }).seq
    },
    revoke: async (device) => {
      const token = device.tokens.findLast((one) => !device.unrecorded.has(one))
      if (token === undefined || root === undefined) return
      const method = 'DELETE'
      const path = `/tokens/${jtiOf(token)}`
      const answer = await send('revocation', path, {
        method,
        device: root,
        allowed: () => [204, 503],
      })
      device.tokens = device.tokens.filter((one) => one !== token)
      if (isGood(answer, 204, 'revoked tokens')) kill({ tokens: [token] }, 'a revocation')
    },
    offer: async ({ token, by, since, isAtRisk }, guard) => {
      const sentAt = performance.now()
      const url = guard?.address ?? `${issuer}/sessions`
      const answer = await ask(url, { headers: { authorization: `Bearer ${token}` } })
      const where = guard ? 'an API' : 'the service'
      witness.answered(`dead token at ${where}`, answer, [200, 401, 503])
      if (answer?.status !== 200) return
      const late = sentAt - since
      witness.late(where, late)
      if (isAtRisk && writes === 'lost') return
      if (late <= (guard ? MAX_STALENESS * 1000 : AT_SERVICE)) return
      const seconds = (late / 1000).toFixed(1)
      witness.fault(`${guard?.name ?? 'service'} takes a token ${seconds} s after ${by} ended it`)
    },
    begin: async () => {
      const body = { login: administrator.email, password: administrator.password }
      const allowed = (): number[] => [201, 503]
      const answer = await send('sign-in', '/sessions', { method: 'POST', body, allowed })
      if (answer?.status !== 201) throw new Error('the administrator can’t sign in')
      const passwords = [administrator.password]
      const { email } = administrator
      root = deviceOf(
        { email, account: '', passwords, devices: [], state: 'active', atRisk: 'nothing' },
        answer,
      )
    },
    asAdministrator: (path, method = 'GET', body) =>
      send('administrator', path, {
        method,
        allowed: () => [200, 204, ...(method === 'DELETE' ? [404] : []), 503],
        ...(body && { body }),
        ...(root && { device: root }),
      }),
  }
}

/** To somebody whose account or password the database may have lost, anything may be refused. */
function unlessLost(person: Person, statuses: readonly number[]): () => readonly number[] {
  return () => (person.atRisk === 'nothing' ? statuses : [...statuses, 401, 403, 404])
}

function jtiOf(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return (JSON.parse(payload) as { jti: string }).jti
}
