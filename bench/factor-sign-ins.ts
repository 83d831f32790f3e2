/** Sign-ins with a passkey and with an app's code: CPU of the service, beside the libraries' own checks. */
import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { password, person } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { addPasskey, authenticatorAt } from '@keyhaven/stage/webauthn/passkeys'
import { verifyAuthenticationResponse } from '@simplewebauthn/server'
import { Secret, TOTP } from 'otpauth'
import { median } from './lib/load.ts'
import { machine } from './lib/measure.ts'
import { keyhavenServer, loadOnSecondCore } from './lib/servers.ts'

loadOnSecondCore()
const ROUNDS = 7
const CALLS = 40
const data = mkdtempSync(join(tmpdir(), 'keyhaven-bench-'))
const server = await keyhavenServer({ data })
const service = { issuer: `${server.origin}/auth`, address: server.address }

async function answered(answer: Promise<Response>, status: number): Promise<Response> {
  const got = await answer
  if (got.status !== status) throw new Error(`${got.status} ${await got.text()}`)
  return got
}

/** A browser that its account knows after the first sign-in, so that none is mailed. */
async function newAccount(name: string): Promise<Person> {
  return person(service, { email: `${name}@example.com` }).signUp()
}

const plain = await newAccount('plain')
const withKey = await newAccount('passkey')
const device = authenticatorAt(service)
await addPasskey(withKey, device)
const withApp = await newAccount('app')
const begun = await answered(withApp.ask('POST /factors/totp'), 201)
const { id, secret } = (await begun.json()) as { readonly id: string; readonly secret: string }
const totp = new TOTP({ secret: Secret.fromBase32(secret) })
const code = (): string => totp.generate()
await answered(withApp.ask(`POST /factors/totp/${id}/confirm`, { code: code() }), 200)
const database = new DatabaseSync(join(data, 'keyhaven.sqlite'), { timeout: 10_000 })

const signIns: Readonly<Record<string, () => Promise<unknown>>> = {
  'password only': () =>
    answered(plain.ask('POST /sessions', { login: plain.email, password }), 201),
  'password, then the code of an app': async () => {
    // Each code counts once, and no bench waits for the next one
    database.exec('update factors set counter = 0')
    await answered(withApp.ask('POST /sessions', { login: withApp.email, password }), 401)
    await answered(withApp.ask('POST /sessions/second-factor', { totp: code() }), 201)
  },
  passkey: async () => {
    const options = await answered(withKey.ask('POST /sessions/passkey/options', {}), 200)
    const response = device.get(await options.json())
    await answered(withKey.ask('POST /sessions/passkey', { response }), 201)
  },
}

const challenge = Buffer.alloc(32).toString('base64url')
const verified = authenticatorAt(service)
const rp = { id: 'localhost' }
verified.create({ challenge, rp, user: { id: 'x' } })
const [passkey] = verified.passkeys
const answer = verified.get({ challenge, rpId: rp.id })

const libraries: Readonly<Record<string, () => Promise<unknown>>> = {
  '@simplewebauthn/server: one answer': () =>
    verifyAuthenticationResponse({
      response: answer as unknown as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
      expectedChallenge: challenge,
      expectedOrigin: new URL(service.issuer).origin,
      expectedRPID: rp.id,
      credential: {
        id: answer.id,
        publicKey: new Uint8Array(passkey?.key.cose ?? []),
        counter: 0,
      },
    }),
  'otpauth: one code': async () => totp.validate({ token: code(), window: 1 }),
}

const figures = new Map<string, number[]>()
function note(name: string, milliseconds: number): void {
  figures.set(name, [...(figures.get(name) ?? []), milliseconds / CALLS])
}

for (let round = -1; round < ROUNDS; round++) {
  for (const [name, signIn] of Object.entries(signIns)) {
    const before = server.cpu()
    for (let at = 0; at < CALLS; at++) await signIn()
    if (round >= 0) note(name, server.cpu() - before)
  }
  for (const [name, check] of Object.entries(libraries)) {
    const before = process.cpuUsage()
    for (let at = 0; at < CALLS; at++) await check()
    const { user, system } = process.cpuUsage(before)
    if (round >= 0) note(name, (user + system) / 1000)
  }
}
database.close()
await server.stop()
rmSync(data, { recursive: true, force: true })

console.log(
  `\nSign-ins with factors: milliseconds of CPU, the median of ${ROUNDS} rounds (${machine()})`,
)
const base = median(figures.get('@simplewebauthn/server: one answer') ?? [])
for (const [name, all] of figures) {
  const milliseconds = median(all)
  const times = (milliseconds / base).toFixed(1)
  console.log(
    `  ${name.padEnd(38)}${milliseconds.toFixed(3).padStart(8)} ms  ${times.padStart(5)}x`,
  )
}
process.exit()
