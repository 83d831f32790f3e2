import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

/** The load of a PostgreSQL server. */
export interface PostgresLoad {
  readonly transactions: number
  /** Seconds of CPU per second. */
  readonly cores: number
}

/** Measures a server on this machine for some seconds. */
export async function postgresLoad(url: string, seconds: number): Promise<PostgresLoad> {
  const client = new Client(url)
  await client.connect()
  const { rows } = await client.query<{ pid: number }>(
    'select min(pid) as pid from pg_stat_activity where pid = pg_backend_pid()',
  )
  const postmaster = parentOf(rows[0]?.pid ?? 0)
  const state = async (): Promise<readonly [number, number]> => {
    const counted = await client.query<{ count: string }>(
      'select sum(xact_commit + xact_rollback) as count from pg_stat_database',
    )
    return [Number(counted.rows[0]?.count), cpuOf(postmaster)]
  }
  // PostgreSQL reports the counts of busy connections a second late
  const [count, cpu] = await state()
  await sleep(seconds * 1000)
  const [countAfter, cpuAfter] = await state()
  await client.end()
  return { transactions: (countAfter - count) / seconds, cores: (cpuAfter - cpu) / seconds }
}

const fieldsOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')

const parentOf = (pid: number): number => Number(fieldsOf(pid)[1])

/** Seconds of CPU of a server and of all its processes, ended ones too (proc(5)). */
function cpuOf(postmaster: number): number {
  const file = `/proc/${postmaster}/task/${postmaster}/children`
  const children = readFileSync(file, 'utf8').trim().split(' ').map(Number)
  const ticks = (pid: number, first: number): number => {
    try {
      const fields = fieldsOf(pid)
      return Number(fields[first]) + Number(fields[first + 1])
    } catch {
      // Ended meanwhile: its parent counts its time
      return 0
    }
  }
  const own = ticks(postmaster, 11) + ticks(postmaster, 13)
  return children.reduce((sum, pid) => sum + ticks(pid, 11), own) / 100
}
