import { resolve } from 'node:path'
import { KeyhavenError } from '@keyhaven/core/errors'
import { changeMasterKey } from '../../flows/keys/change-master-key.ts'
import { listKeys } from '../../flows/keys/list.ts'
import { rotateKeys } from '../../flows/keys/rotate.ts'
import { makeMasterKey } from '../../secrets/master-key.ts'
import { makePepper, readPeppers } from '../../secrets/pepper.ts'
import { confirm } from '../confirm.ts'
import { settingsOfInstallation, withInstallation } from '../installation.ts'
import { operator } from '../operator.ts'
import { printResult } from '../report.ts'
import { alreadyExists } from '../write-new-file.ts'

interface Flags {
  readonly json?: boolean
  readonly emergency?: boolean
  readonly yes?: boolean
  readonly newFile?: string
}

/** `keyhaven keys list`: prints every key and its state. */
export function keysList({ json }: Flags): Promise<void> {
  return withInstallation(async ({ database }) => {
    const keys = await listKeys(database)
    printResult(json, { keys }, () =>
      keys.map(({ kid, alg, state, signsFrom, publishedUntil }) => {
        const end = publishedUntil === undefined ? '' : `, published until ${publishedUntil}`
        return `${kid}  ${alg.padEnd(7)}  ${state.padEnd(9)}  signs from ${signsFrom}${end}`
      }),
    )
  })
}

/** `keyhaven keys rotate`: running services use the new key within 250 ms. */
export function keysRotate({ emergency = false, json, yes }: Flags): Promise<void> {
  const confirmed = async (): Promise<void> => {
    if (emergency) await confirm('this withdraws every key for ever and refuses its tokens', yes)
  }
  return withInstallation(
    async ({ database, box }, { alg }) => {
      const needs = { database, box, alg, onePending: true }
      const { kid, signsFrom, withdrawn } = await rotateKeys(needs, emergency, operator())
      const from = new Date(signsFrom).toISOString()
      printResult(json, { kid, signsFrom: from, withdrawn }, () => [
        `${kid} is published and signs from ${from}`,
        ...withdrawn.map(
          (one) =>
            `${one} is withdrawn: its tokens are refused; pages with a live session get new ones`,
        ),
      ])
    },
    { confirm: confirmed },
  )
}

/** `keyhaven keys master --new-file F`: makes a master key and seals every stored key with it. */
export function keysMaster({ newFile = '', json }: Flags): Promise<void> {
  const file = resolve(newFile)
  return withInstallation(
    async ({ database, box }) => {
      const bytes = await makeMasterKey(file)
      if (bytes === undefined) throw new KeyhavenError('conflict', { detail: alreadyExists(file) })
      const sealed = await changeMasterKey({ database, box }, bytes, operator())
      printResult(json, { file, sealed }, () => [
        `${sealed} keys are sealed under ${file}: set KEYHAVEN_MASTER_KEY_FILE to it before the next start, and keep a copy`,
      ])
    },
    { weakKey: true },
  )
}

/**
 * `keyhaven keys pepper --new-file F`: makes a pepper, and puts those of the present file after it.
 * The next start with the new file uses it.
 */
export async function keysPepper({ newFile = '', json }: Flags): Promise<void> {
  const file = resolve(newFile)
  const { pepperFile } = await settingsOfInstallation()
  const former = await readPeppers(pepperFile)
  const made = await makePepper(file, former)
  if (made === undefined) throw new KeyhavenError('conflict', { detail: alreadyExists(file) })
  const { length } = former.all
  printResult(json, { file, pepper: made.id, former: length }, () => [
    `${file} has the new pepper ${made.id}${length === 0 ? '' : `, and ${length} former`}: set KEYHAVEN_PEPPER_FILE to it before the next start, and keep a copy`,
  ])
}
