import { globSync } from 'node:fs'
import { spawnSync } from 'node:child_process'

/** Programs that tests drive, with the Debian package that brings each. */
const { CHROMIUM = '/usr/bin/chromium' } = process.env
const programs = [
  { program: CHROMIUM, debian: 'chromium' },
  { program: '/usr/bin/firefox-esr', debian: 'firefox-esr' },
  { program: '/usr/sbin/nginx', debian: 'nginx-light' },
  // Whether the example of a unit is one that systemd takes
  { program: '/usr/bin/systemd-analyze', debian: 'systemd' },
  // One folder a major version. Debian may start a cluster of its own: the tests never use it
  { program: '/usr/lib/postgresql/*/bin/initdb', debian: 'postgresql' },
  // Debian starts one with no databases; the tests start their own
  { program: '/usr/sbin/pgbouncer', debian: 'pgbouncer' },
  // Reads the QR code of an authenticator app
  { program: '/usr/bin/zbarimg', debian: 'zbar-tools' },
  // A mail server with an implementation of SMTP of its own
  { program: '/usr/bin/aiosmtpd', debian: 'python3-aiosmtpd' },
] as const

/** Chromium without windows, at half of its time. Most tests of pages take it if it is there. */
const faster = {
  program: '/usr/lib/chromium/chromium-headless-shell',
  debian: 'chromium-headless-shell',
}

/** What only `npm run chaos` drives: PostgreSQL servers that fail over. */
export const clusterPrograms = [
  { program: '/usr/bin/patroni', debian: 'patroni' },
  { program: '/usr/lib/python3/dist-packages/etcd', debian: 'python3-etcd' },
  { program: '/usr/bin/etcd', debian: 'etcd-server' },
  { program: '/usr/sbin/haproxy', debian: 'haproxy' },
] as const

/** Installs what is missing, or ends the process with a message about what to do. */
export async function installSystemPackages(
  more: readonly { readonly program: string; readonly debian: string }[] = [],
): Promise<void> {
  const missing: string[] = [...programs, ...more]
    .filter(({ program }) => globSync(program).length === 0)
    .map(({ debian }) => debian)
  if (missing.length > 0) installNeeded(missing)
  installFaster()
}

function installNeeded(missing: readonly string[]): void {
  if (process.env['CHROMIUM'] !== undefined && missing.includes('chromium')) {
    fail(
      `CHROMIUM is ${CHROMIUM}, which does not exist: set it to the program's path, or unset it.`,
    )
  }
  const byHand = `apt-get install --no-install-recommends ${missing.join(' ')}`
  if (process.getuid?.() !== 0) {
    fail(`the tests need ${missing.join(', ')}: run \`sudo ${byHand}\`, then npm test again.`)
  }
  say(`installing ${missing.join(', ')} from Debian (once)`)
  if (!apt('update') || !apt('install', '-y', '--no-install-recommends', ...missing)) {
    fail(
      `apt-get could not install ${missing.join(', ')}: connect to a network and run this again, or install them by hand: \`${byHand}\`.`,
    )
  }
}

/** Does without it if it can't be had. */
function installFaster(): void {
  const { program, debian } = faster
  if (process.env['CHROMIUM'] !== undefined || process.getuid?.() !== 0) return
  if (globSync(program).length > 0) return
  say(`installing ${debian} from Debian (once)`)
  const install = (): boolean => apt('install', '-y', '--no-install-recommends', debian)
  if (install() || (apt('update') && install())) return
  say(`apt-get could not install ${debian}: the tests run without it, and take longer.`)
}

function apt(...args: string[]): boolean {
  const { status } = spawnSync('apt-get', ['-qq', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 600_000,
  })
  return status === 0
}

function say(text: string): void {
  process.stderr.write(`keyhaven: ${text}\n`)
}

function fail(text: string): never {
  say(text)
  process.stdout.write('0 passed, 1 failed\n')
  process.exit(1)
}
