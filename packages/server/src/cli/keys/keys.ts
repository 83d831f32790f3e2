import { resolve } from 'node:path'
import { KeyhavenError } from '@keyhaven/core/errors'
import { changeMasterKey } from '../../flows/keys/change-master-key.ts'
import { listKeys } from '../../flows/keys/list.ts'
import { rotateKeys } from '../../flows/keys/rotate.ts'
import { makeMasterKey } from '../../secrets/master-key.ts'
import { confirm } from '../confirm.ts'
import { withInstallation } from '../installation.ts'
import { operator } from '../operator.ts'
import { say } from '../report.ts'
import { existing } from '../write-lines.ts'

interface Flags {
  readonly json?: boolean
  readonly emergency?: boolean
  readonly yes?: boolean
  readonly newFile?: string
}

/** `keyhaven keys list`: every key and what it does now. */
export function keysList({ json }: Flags): Promise<void> {
  return withInstallation(async ({ database }) => {
    const keys = await listKeys(database)
    say(json, { keys }, () =>
      keys.map(({ kid, alg, state, signsFrom, publishedUntil }) => {
        const end = publishedUntil === undefined ? '' : `, published until ${publishedUntil}`
        return `${kid}  ${alg.padEnd(7)}  ${state.padEnd(9)}  signs from ${signsFrom}${end}`
      }),
    )
  })
}

/** `keyhaven keys rotate`: a running service takes it over within a quarter of a second. */
export function keysRotate({ emergency = false, json, yes }: Flags): Promise<void> {
  const asked = async (): Promise<void> => {
    if (emergency) await confirm('this withdraws every key for ever and refuses its tokens', yes)
  }
  return withInstallation(
    async ({ database, box }, { alg }) => {
      const needs = { database, box, alg }
      const { kid, signsFrom, withdrawn } = await rotateKeys(needs, emergency, operator())
      const from = new Date(signsFrom).toISOString()
      say(json, { kid, signsFrom: from, withdrawn }, () => [
        `${kid} is published and signs from ${from}`,
        ...withdrawn.map(
          (one) =>
            `${one} is withdrawn: its tokens are refused, and renewed where the session lives`,
        ),
      ])
    },
    { confirm: asked },
  )
}

/** `keyhaven keys master --new-file F`: makes a master key and seals every key under it. */
export function keysMaster({ newFile = '', json }: Flags): Promise<void> {
  const file = resolve(newFile)
  return withInstallation(
    async ({ database, box }) => {
      const bytes = await makeMasterKey(file)
      if (bytes === undefined) throw new KeyhavenError('conflict', { detail: existing(file) })
      const sealed = await changeMasterKey({ database, box }, bytes, operator())
      say(json, { file, sealed }, () => [
        `${sealed} keys are sealed under ${file}: set KEYHAVEN_MASTER_KEY_FILE to it before the next start, and keep a copy`,
      ])
    },
    { weakKey: true },
  )
}
