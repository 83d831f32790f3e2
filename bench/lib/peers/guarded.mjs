/**
 * One small JSON route on Express or node:http, bare or behind a check. Prints its address. `/credentials`
 * returns the headers of people who may call `/notes`.
 */
import { createHash, createSecretKey, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { createKeySet, generateSigningKey, issueAccessToken, publicJwks } from '@keyhaven/core'
import { cookieNames, createRevocations, guardOver } from '@keyhaven/guard/kit'
import { expressGuard } from '@keyhaven/guard/express'
import { nodeGuard } from '@keyhaven/guard/node'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { fromNodeHeaders } from 'better-auth/node'
import express from 'express'
import { expressjwt } from 'express-jwt'
import session from 'express-session'
import jsonwebtoken from 'jsonwebtoken'

const [framework = 'express', check = 'bare'] = process.argv.slice(2)
const PEOPLE = 200
const secret = 'a secret of a benchmark, thirty-two characters and more'
const notes = { notes: [{ id: 1, text: 'a note' }] }
const text = JSON.stringify(notes)
/** The bare route gets a cookie of the same size, so that Node's parsing is not counted as the check's cost. */
let credentials = Array.from({ length: PEOPLE }, () => ({ cookie: `theme=${'x'.repeat(780)}` }))

/** A guard with keys of its own and all checks, as in the service's process. */
function keyhaven() {
  const issuer = 'https://app.example/auth'
  const { origin } = new URL(issuer)
  const key = generateSigningKey('ES256')
  const now = Math.floor(Date.now() / 1000)
  const known = {
    cookies: cookieNames(new URL(issuer)),
    origins: { own: [origin], development: false },
    keys: createKeySet(publicJwks([key])),
  }
  credentials = credentials.map((_, at) => {
    const claims = {
      iss: issuer,
      sub: `${issuer}/accounts/acc_${at}`,
      aud: [issuer, origin],
      exp: now + 3600,
      iat: now,
      jti: randomBytes(16).toString('base64url'),
      sid: `ses_${at}`,
      client_id: 'web',
      scope: 'notes:read notes:write',
      auth_time: now,
      amr: ['pwd'],
      xsrf: createHash('sha256').update(String(at)).digest('base64url'),
    }
    return { cookie: `${known.cookies.access}=${issueAccessToken(claims, key)}` }
  })
  return guardOver(
    {
      issuer,
      audience: [origin],
      access: { scopes: ['notes:read'], roles: {}, defaultRoles: [], rules: {} },
      known: () => known,
      mayRefetch: () => false,
      revocations: createRevocations(),
      now: () => Math.floor(Date.now() / 1000),
      development: false,
    },
    () => {},
  )
}

/** The checks in front of the route, by name. */
const checks = {
  bare: async () => [],
  keyhaven: async () => {
    const api = expressGuard(keyhaven())
    return [api, api.require('notes:read')]
  },
  'express-jwt': async () => {
    credentials = credentials.map((_, at) => ({
      authorization: `Bearer ${jsonwebtoken.sign({ sub: String(at), scope: 'notes:read' }, secret)}`,
    }))
    return [expressjwt({ secret: createSecretKey(Buffer.from(secret)), algorithms: ['HS256'] })]
  },
  'express-session': async () => [
    session({ secret, resave: false, saveUninitialized: false }),
    (request, response, next) => {
      if (request.path === '/enter') {
        request.session.person = 'somebody'
        return response.json({})
      }
      return request.session.person ? next() : response.status(401).json({})
    },
  ],
  'better-auth': () => better(false),
  'better-auth-cache': () => better(true),
}

async function better(enabled) {
  const auth = betterAuth({
    baseURL: 'http://localhost',
    secret,
    database: new DatabaseSync(':memory:'),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    session: { cookieCache: { enabled, maxAge: 600 } },
  })
  await (await getMigrations(auth.options)).runMigrations()
  credentials = await Promise.all(
    credentials.slice(0, 20).map(async (_, at) => {
      const body = { email: `person${at}@example.com`, password: 'correct horse', name: 'Person' }
      const { headers } = await auth.api.signUpEmail({ body, returnHeaders: true })
      return {
        cookie: headers
          .getSetCookie()
          .map((line) => line.split(';')[0])
          .join('; '),
      }
    }),
  )
  return [
    async (request, response, next) => {
      const found = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) })
      return found ? next() : response.status(401).json({})
    },
  ]
}

async function expressApp() {
  const app = express()
  app.get('/credentials', (_request, response) => response.json(credentials))
  app.use(...(await checks[check]()), (_request, _response, next) => next())
  app.get('/notes', (_request, response) => response.json(notes))
  return app
}

function nodeApp() {
  const answer = (_request, response) =>
    response.setHeader('content-type', 'application/json').end(text)
  const api = check === 'keyhaven' ? nodeGuard(keyhaven()) : undefined
  const guarded = api ? api(api.require('notes:read', answer)) : answer
  return (request, response) =>
    request.url === '/credentials'
      ? response.end(JSON.stringify(credentials))
      : guarded(request, response)
}

const server = createServer(framework === 'express' ? await expressApp() : nodeApp())
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready at http://127.0.0.1:${server.address().port}\n`)
})
