import { cpSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { createKeyhaven } from '@keyhaven/server'
import { databaseIn } from './databases.ts'
import { keyhaven, run } from '../processes/process.ts'

/** The output of `keyhaven audit verify`. */
export interface Verified {
  readonly whole: boolean
  readonly rows: number
  readonly restored: readonly string[]
  readonly head: { readonly number: number; readonly hash: string }
  readonly broken?: { readonly number: number; readonly what: string }
}

/** Runs commands of the command line. */
export interface Commands {
  command(args: readonly string[]): Promise<{ code: number | null; output: string }>
}

/** Verifies the audit log. Throws if the exit code contradicts the output. */
export async function verify(at: Commands, ...args: readonly string[]): Promise<Verified> {
  const { code, output } = await at.command(['audit', 'verify', '--json', ...args])
  const verified = JSON.parse(output) as Verified
  if (code !== (verified.whole ? 0 : 1)) throw new Error(`exit ${code}: ${output}`)
  return verified
}

/** An installation without a running service. */
export interface StoppedInstallation extends Commands {
  readonly data: string
  readonly database: string
}

function stoppedIn(data: string, database: string): StoppedInstallation {
  const environment = { KEYHAVEN_DATA: data, KEYHAVEN_DATABASE: database }
  const command: Commands['command'] = async (args) => {
    const process = run([...keyhaven, ...args], { environment })
    return { code: await process.exited, output: process.output() }
  }
  return { data, database, command }
}

/** Makes the installation that `stopped` copies. */
async function makeOriginal(folder: string): Promise<StoppedInstallation> {
  const data = mkdtempSync(join(folder, 'original-'))
  const database = await databaseIn(data)
  const original = stoppedIn(data, database)
  // Only `start` and `createKeyhaven` make an installation
  const announce = (): void => {}
  await (await createKeyhaven({ data, database, folder: data, environment: {}, announce })).close()
  for (const name of ['one', 'two', 'three', 'four']) {
    const { code, output } = await original.command(['guards', 'add', name])
    if (code !== 0) throw new Error(output)
  }
  return original
}

/** By the folder of a test file, which ends with it. */
const originals = new Map<string, Promise<StoppedInstallation>>()

/** A stopped installation in a new folder, with four rows in its audit log. */
export async function stopped(folder: string): Promise<StoppedInstallation> {
  const original = originals.get(folder) ?? makeOriginal(folder)
  originals.set(folder, original)
  const { data: from, database } = await original
  const data = mkdtempSync(join(folder, 'data-'))
  cpSync(from, data, { recursive: true })
  return stoppedIn(data, await databaseIn(data, { from: database }))
}
