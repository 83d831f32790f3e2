/**
 * The guard of one version, in a process of its own: two versions in one process would share what the engine
 * knows about their code. `guard-of-version.ts FOLDER` prints microseconds as JSON.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { claimsNumber, issuer } from './tokens.ts'

const [folder = ''] = process.argv.slice(2)
/** Calls before the ones that are timed. */
const WARM_UP = 60_000
const CALLS = 60_000
/** Requests that are made and then timed: few, as one that has just arrived is in the processor's cache. */
const TOGETHER = 50

const entryPoint = (path: string) => import(join(folder, `packages/${path}.js`)) as Promise<unknown>
const core = (await entryPoint('core/dist/index')) as typeof import('@keyhaven/core')
// A version from before the kit exports the same names from its main entry point
const kit = existsSync(join(folder, 'packages/guard/dist/kit.js')) ? 'kit' : 'index'
const guards = (await entryPoint(`guard/dist/${kit}`)) as typeof import('@keyhaven/guard/kit')
const access = { scopes: ['notes:read'], roles: {}, defaultRoles: [], rules: {} }
const key = core.generateSigningKey('ES256')
const keys = core.createKeySet(core.publicJwks([key]))
const url = new URL(issuer)
const cookies = guards.cookieNames(url)
const page = 'a-token-of-the-page-that-is-as-long-as-ours'
const xsrf = createHash('sha256').update(page).digest('base64url')

function guardWith(live: number, unsafe: boolean): (calls: number) => number {
  const guard = guards.guardOver(
    {
      issuer,
      audience: [url.origin],
      access,
      known: () => ({
        cookies,
        origins: { own: [url.origin], bearer: [], development: false },
        keys,
      }),
      mayRefetch: () => false,
      revocations: guards.createRevocations(),
      now: () => Math.floor(Date.now() / 1000),
      development: false,
    },
    () => {},
  )
  const offered = Array.from({ length: live }, (_, at) => {
    const token = core.issueAccessToken({ ...claimsNumber(at), xsrf }, key)
    return `theme=dark; ${cookies.access}=${token}; ${cookies.session}=${'s'.repeat(43)}`
  })
  const rest = {
    host: url.host,
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0',
    'sec-fetch-site': 'same-origin',
    'sec-fetch-mode': 'cors',
    ...(unsafe && { origin: url.origin, 'x-xsrf-token': page, 'content-type': 'text/plain' }),
  }
  const method = unsafe ? 'POST' : 'GET'
  const message = (at: number) => {
    const cookie = Buffer.from(offered[(at * 7919) % live] ?? '', 'latin1').toString('latin1')
    return {
      headers: { ...rest, cookie },
      rawHeaders: Object.entries(rest).flat().concat('cookie', cookie),
    }
  }
  return (calls) => {
    let spent = 0n
    for (let from = 0; from < calls; from += TOGETHER) {
      const messages = Array.from({ length: TOGETHER }, (_, at) => message(from + at))
      const began = process.hrtime.bigint()
      for (const one of messages) {
        const request = guards.guardRequest(one, { method, url: '/api/notes' })
        if (!guard.decide(request).ok) throw new Error('refused')
      }
      spent += process.hrtime.bigint() - began
    }
    return Number(spent) / 1000 / calls
  }
}

const first = guardWith(2000, false)
const firstSight = first(2000)
const timed = (live: number, unsafe: boolean): number => {
  const time = guardWith(live, unsafe)
  time(Math.max(WARM_UP, live))
  return time(Math.max(CALLS, live))
}
const figures = {
  get: timed(1000, false),
  post: timed(1000, true),
  many: timed(100_000, false),
  first: firstSight,
}
process.stdout.write(JSON.stringify(figures))
