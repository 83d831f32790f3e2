import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseIn } from '../databases/databases.ts'
import { answers, freePort, keyhaven, run, until } from './process.ts'
import type { RunningProcess } from './process.ts'

/** A running `keyhaven start` on a port, a data folder and a database of its own. */
export interface RunningService {
  readonly issuer: string
  /** The URL that it listens on, which may differ from its public URL. */
  readonly address: string
  readonly data: string
  readonly environment: Readonly<Record<string, string>>
  readonly process: RunningProcess
  /** Runs another command of the command line on the same data. */
  command(args: readonly string[], input?: string): Promise<{ code: number | null; output: string }>
  close(): Promise<void>
}

interface Settings {
  /** Public URL; plain http on this machine if left out. */
  readonly url?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Data folder; a new one if left out. It is removed at the end. */
  readonly data?: string
}

/** Starts the service as an operator would, and waits until it answers. */
export async function startService({
  url,
  environment: more,
  data = mkdtempSync(join(tmpdir(), 'keyhaven-test-')),
}: Settings = {}): Promise<RunningService> {
  const port = await freePort()
  const issuer = url ?? `http://localhost:${port}/auth`
  const environment = {
    // The service compares every answer with the API's description
    NODE_ENV: 'test',
    KEYHAVEN_URL: issuer,
    KEYHAVEN_PORT: String(port),
    KEYHAVEN_DATA: data,
    KEYHAVEN_DATABASE: await databaseIn(data),
    ...more,
  }
  const process = run([...keyhaven, 'start'], { environment })
  const address = `http://127.0.0.1:${port}${new URL(issuer).pathname}`
  await until('the service answers', () => answers(`${address}/health/ready`)).catch((error) => {
    throw new Error(`${String(error)}\n${process.output()}`)
  })
  return {
    issuer,
    address,
    data,
    environment,
    process,
    command: async (args, input) => {
      const command = run([...keyhaven, ...args], {
        environment,
        ...(input !== undefined && { input }),
      })
      return { code: await command.exited, output: command.output() }
    },
    close: async () => {
      await process.stop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}
