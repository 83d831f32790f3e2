import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort, until } from '../processes/process.ts'

/** A PgBouncer that tests start in front of a PostgreSQL server. */
export interface PgBouncer {
  readonly port: number
  close(): Promise<void>
}

const PROGRAM = '/usr/sbin/pgbouncer'

/** Starts a PgBouncer that pools connections to the server on a port; `more` are lines of its settings. */
export async function startPgBouncer(
  server: number,
  pools: 'session' | 'transaction' | 'statement',
  more: readonly string[] = [],
): Promise<PgBouncer> {
  if (!existsSync(PROGRAM)) {
    throw new Error('PgBouncer is missing: run npm test once, or `apt-get install pgbouncer`.')
  }
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-pgbouncer-'))
  const port = await freePort()
  const settings = [
    `[databases]`,
    `* = host=127.0.0.1 port=${server} user=postgres`,
    `[pgbouncer]`,
    `listen_addr = 127.0.0.1`,
    `listen_port = ${port}`,
    `unix_socket_dir =`,
    `auth_type = any`,
    `pool_mode = ${pools}`,
    ...more,
  ]
  writeFileSync(join(folder, 'pgbouncer.ini'), settings.join('\n'))
  chmodSync(folder, 0o755)
  // PgBouncer refuses to run as root
  const user = userInfo().uid === 0 ? ['-u', 'postgres'] : []
  const child = spawn(PROGRAM, ['-q', ...user, join(folder, 'pgbouncer.ini')], { stdio: 'ignore' })
  const gone = once(child, 'exit')
  await until('PgBouncer listens', () => listens(port))
  return {
    port,
    close: async () => {
      child.kill('SIGKILL')
      await gone
      rmSync(folder, { recursive: true })
    },
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const [answer] = await Promise.race([
    once(socket, 'connect').then(() => [true]),
    once(socket, 'error').then(() => [false]),
  ]).catch(() => [false])
  socket.destroy()
  return answer === true
}
