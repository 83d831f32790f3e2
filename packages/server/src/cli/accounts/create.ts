import { randomBytes } from 'node:crypto'
import { readSettings } from '../../config/settings.ts'
import { hasInstallation } from '../../database/prove-database.ts'
import { createKeyhaven } from '../../index.ts'
import { takenAddress } from './known-account.ts'
import { operator } from '../operator.ts'
import { jsonLine, plain } from '../plain.ts'
import { readStandardInput } from '../standard-input.ts'

interface Flags {
  readonly email: string
  readonly role: readonly string[]
  readonly name?: string
  readonly json?: boolean
}

/** `keyhaven accounts create`: the only way to make the first administrator; HTTP has none. */
export async function accountsCreate({ email, role, name, json }: Flags): Promise<void> {
  const given = process.stdin.isTTY
    ? ''
    : (await readStandardInput('the password')).replace(/\r?\n$/, '')
  const password = given || randomBytes(18).toString('base64url')
  const { env: environment } = process
  const settings = await readSettings({
    code: {},
    environment,
    folder: process.cwd(),
    sendsMail: true,
  })
  const isNew = !(await hasInstallation(settings.database))
  const keyhaven = await createKeyhaven({
    announce: () => {},
    sendMail: 'elsewhere',
    ...operator(),
  })
  try {
    // An operator in the wrong folder did not mean to make one; it stays if the account is refused
    if (isNew && !json)
      process.stderr.write(`keyhaven: made a new installation in ${settings.data}\n`)
    const roles = role.length > 0 ? role : undefined
    const account = await keyhaven.accounts
      .create({ email, password, name, roles })
      .catch(async (error: unknown) => {
        throw await takenAddress(keyhaven.accounts, email, error)
      })
    const generated = given === '' ? { password } : {}
    process.stdout.write(
      json
        ? `${jsonLine({ ...account, ...generated })}\n`
        : `${plain(`created ${account.email} as ${account.id}`)}\n${given === '' ? `password (shown once): ${password}\n` : ''}`,
    )
  } finally {
    await keyhaven.close()
  }
}
