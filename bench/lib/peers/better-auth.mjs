/** Better Auth, set up as its documentation does, on SQLite, with address and password. Prints its address. */
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'

const [file = ':memory:', cookieCache = 'off'] = process.argv.slice(2)
const server = createServer((request, response) => void handler(request, response))
server.listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const address = `http://127.0.0.1:${server.address().port}`
const database = new DatabaseSync(file)
database.exec('pragma journal_mode=WAL')
const auth = betterAuth({
  baseURL: address,
  secret: 'a secret of a benchmark, thirty-two characters and more',
  database,
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  session: { cookieCache: { enabled: cookieCache === 'on', maxAge: 600 } },
})
await (await getMigrations(auth.options)).runMigrations()
const handler = toNodeHandler(auth)
process.stdout.write(`ready at ${address}\n`)
