/** T9: the CPU of `/user/current` over HTTP, compared with Better Auth's session and the bare server. */
import { loadOnSecondCore, keyhavenServer, peer } from './lib/servers.ts'
import type { Server } from './lib/servers.ts'
import { load, median, send } from './lib/load.ts'
import type { LoadRequest } from './lib/load.ts'
import { machine, verdict } from './lib/measure.ts'

loadOnSecondCore()
const ROUNDS = 9
const person = { email: 'person@example.com', password: 'correct horse battery', name: 'Person' }

const ours = await keyhavenServer()
const signedUp = await send({
  method: 'POST',
  url: `${ours.address}/accounts`,
  headers: { origin: ours.origin },
  body: person,
})
async function betterAuth(cache: 'on' | 'off'): Promise<{ server: Server; request: LoadRequest }> {
  const server = await peer('better-auth', ':memory:', cache)
  const { cookies } = await send({
    method: 'POST',
    url: `${server.address}/api/auth/sign-up/email`,
    headers: { origin: server.address },
    body: person,
  })
  const url = `${server.address}/api/auth/get-session`
  return { server, request: { url, headers: { cookie: cookies.join('; ') } } }
}
const bare = await peer('bare')
const contenders: { name: string; server: Server; request: LoadRequest; perSecond: number[] }[] = [
  { name: 'bare node:http', server: bare, request: { url: bare.address }, perSecond: [] },
  {
    name: 'keyhaven GET /user/current',
    server: ours,
    request: {
      url: `${ours.address}/user/current`,
      headers: { cookie: signedUp.cookies.join('; '), origin: ours.origin },
    },
    perSecond: [],
  },
  { name: 'better-auth getSession, SQLite', ...(await betterAuth('off')), perSecond: [] },
  { name: 'better-auth, cookie cache', ...(await betterAuth('on')), perSecond: [] },
]
for (const { name, request } of contenders) {
  const { body } = await send(request)
  if (name !== 'bare node:http' && !body.includes(person.email)) throw new Error(`${name}: ${body}`)
}
for (let round = -2; round < ROUNDS; round++) {
  for (const { server, request, perSecond } of contenders) {
    const before = server.cpu()
    const { length } = await load(() => request, { connections: 16, seconds: 1.5 })
    if (round >= 0) perSecond.push((length * 1000) / (server.cpu() - before))
  }
}
console.log(`\nT9 requests per CPU second of the server (${machine()})`)
for (const { name, perSecond } of contenders) {
  const [least, most] = [Math.min(...perSecond), Math.max(...perSecond)]
  console.log(
    `  ${name.padEnd(34)}${median(perSecond).toFixed(0).padStart(8)}   (${least.toFixed(0)} to ${most.toFixed(0)})`,
  )
}
const rate = (at: number): number => median(contenders[at]?.perSecond ?? [])
verdict({
  target: 'T9',
  ours: rate(1) / rate(2),
  unit: 'x better-auth',
  goal: 5,
  limit: rate(0) / rate(2),
  peers: { 'better-auth': 1, 'better-auth, cookie cache': rate(3) / rate(2) },
  holds: rate(1) / rate(2) >= 5,
})
await Promise.all(contenders.map(({ server }) => server.stop()))
process.exit()
