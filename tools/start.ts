import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildPages } from '@keyhaven/pages/build'
import { linkCustomer, settingsOf } from '../examples/credentials/settings.ts'
import { command, isStopping, launch, requireFree, runParts, say, until } from './parts.ts'
import { root } from './root.ts'

/** `npm start`: the service, the example API and the example page, until it is stopped. */
const { NOTES_PAGE_PORT = '5173', NOTES_API_PORT = '4001', KEYHAVEN_PORT = '4000' } = process.env
const issuer = process.env['KEYHAVEN_URL'] ?? `http://localhost:${KEYHAVEN_PORT}/auth`
// The data belong to an issuer, so each port has a folder of its own
const folder = KEYHAVEN_PORT === '4000' ? 'keyhaven-data' : `keyhaven-data-${KEYHAVEN_PORT}`
const data = process.env['KEYHAVEN_DATA'] ?? join(root, folder)
const page = `http://localhost:${NOTES_PAGE_PORT}/`
const example = join(root, 'examples/notes')

/** Accounts of the demonstration: only this script makes them, never the service. */
const accounts = [
  { role: 'reader', name: 'Rita Reader', password: 'quiet-lantern-reads', may: 'reads notes' },
  {
    role: 'editor',
    name: 'Edda Editor',
    password: 'brave-pencil-writes',
    may: 'adds and deletes their own notes',
  },
  {
    role: 'admin',
    name: 'Ada Admin',
    password: 'calm-lighthouse-sees',
    may: 'reads the notes of all users, locks and unlocks accounts',
  },
] as const

const serviceSettings = {
  KEYHAVEN_URL: issuer,
  KEYHAVEN_PORT,
  KEYHAVEN_DATA: data,
  KEYHAVEN_MAIL_FROM: process.env['KEYHAVEN_MAIL_FROM'] ?? 'Notes <no-reply@localhost>',
  KEYHAVEN_ACCESS: process.env['KEYHAVEN_ACCESS'] ?? join(example, 'access.ts'),
  // Links in mails open the service's pages through the page's own server, so they lead back to it
  KEYHAVEN_EMAIL_VERIFICATION: process.env['KEYHAVEN_EMAIL_VERIFICATION'] ?? 'on',
  KEYHAVEN_PAGES: process.env['KEYHAVEN_PAGES'] ?? `${page}auth/pages`,
  ...settingsOf(issuer, data),
}

const cli = join(root, 'node_modules/.bin/keyhaven')
const ofService = { folder: root, environment: serviceSettings }

await runParts(run)

async function run(): Promise<void> {
  await requireFree('service', KEYHAVEN_PORT, 'KEYHAVEN_PORT')
  await requireFree('example API', NOTES_API_PORT, 'NOTES_API_PORT')
  await requireFree('example page', NOTES_PAGE_PORT, 'NOTES_PAGE_PORT')
  // A checkout has no built files, and the links in mails open these
  await buildPages()
  say('starting the service')
  const lifetime = launch('service', [cli, 'start'], {
    ...ofService,
    watch: /a sign-in lasts .*/,
  })
  await until('service', `${issuer}/health/ready`)
  say('making the demo accounts')
  for (const account of accounts) if (!isStopping()) await makeAccount(account)
  if (isStopping()) return
  const { output } = await keyhaven('accounts', 'show', 'editor@example.com')
  linkCustomer(data, (JSON.parse(output) as { id: string }).id)
  const feedKey = await makeGuardKey()
  if (isStopping()) return
  say('starting the example API and the example page')
  const node = [process.execPath, '--conditions=keyhaven-source']
  const guarded = launch('example API', [...node, 'api.ts'], {
    folder: example,
    environment: {
      ISSUER: issuer,
      PORT: NOTES_API_PORT,
      NOTES_DATA: join(data, 'notes.sqlite'),
      FEED_KEY: feedKey,
    },
    watch: /verifies tokens with .*/,
  })
  void launch('example page', [join(root, 'node_modules/.bin/vite'), '--logLevel', 'warn'], {
    folder: example,
    environment: {
      NOTES_PAGE_PORT,
      NOTES_AUTH_TARGET: `http://127.0.0.1:${KEYHAVEN_PORT}`,
      NOTES_API_TARGET: `http://127.0.0.1:${NOTES_API_PORT}`,
    },
  })
  await until('example API', `http://127.0.0.1:${NOTES_API_PORT}/api/health`)
  await until('example page', page)
  const late = sleep(5000, 'see the settings of the service', { ref: false })
  // The last line of the API's start, so that none follows the summary
  await Promise.race([guarded, late])
  process.stdout.write(words(await Promise.race([lifetime, late])))
}

function words(lifetime: string): string {
  const rows = accounts.map(
    ({ role, password, may }) =>
      `    ${`${role}@example.com`.padEnd(20)}  ${password.padEnd(22)}${may}`,
  )
  return `
  Open      ${page}

  Accounts  (e-mail, password, what the role may do)
${rows.join('\n')}

  Sign-in   ${lifetime}
  Mail      ${issuer}/dev/mailbox shows every mail of the service
  Data      ${data} (to start with empty data, stop and delete this folder)
  Stop      Ctrl+C

`
}

async function makeAccount({ role, name, password }: (typeof accounts)[number]): Promise<void> {
  const email = `${role}@example.com`
  const args = ['accounts', 'create', '--email', email, '--role', role, '--name', name, '--json']
  const { code, problem } = await command([cli, ...args], ofService, password)
  // An account of an earlier start stays as it is
  if (code !== 0 && !problem.includes('"conflict"'))
    throw new Error(`the account ${email} can’t be made: ${problem}`)
}

/** A key for the example API: shown once, so each start makes a new one in the place of the last. */
async function makeGuardKey(): Promise<string> {
  await keyhaven('guards', 'remove', 'notes-api')
  const { output } = await keyhaven('guards', 'add', 'notes-api')
  return (JSON.parse(output) as { key: string }).key
}

function keyhaven(...args: readonly string[]): ReturnType<typeof command> {
  return command([cli, ...args, '--json'], ofService)
}
