import { KeyhavenError } from '@keyhaven/core/errors'
import type { CountedSignUp } from '../../database/rate-limits.ts'
import type { Actor } from '../../events/record.ts'
import { applicationClaims } from '../application/claims.ts'
import { askApplication, tellApplication } from '../application/ask.ts'
import { checkAccount, hashAccount, writeAccount } from '../accounts/create.ts'
import type { NewAccount, PreparedAccount } from '../accounts/create.ts'
import { lockForOpening, openSession } from '../sessions/open.ts'
import type { OpenedSession } from '../sessions/open.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Rooms } from '../context.ts'
import { viewAccount } from '../../views/account.ts'

/** What a person tells of herself; roles are not hers to choose. */
export interface SignUp extends Omit<NewAccount, 'roles' | 'emailVerified'> {
  readonly former?: string | undefined
  readonly browser?: string | undefined
}

/** Creates an account and signs it in: the way without e-mail verification. */
export async function signUp(
  rooms: Rooms,
  { former, browser, ...input }: SignUp,
  actor: Actor,
): Promise<OpenedSession> {
  const { beforeSignUp, afterSignUp } = rooms.application.hooks
  const { prepared, counted } = await prepare(rooms, input, actor)
  const { password: _ours, ...told } = input
  const { email, username } = prepared.account
  const newcomer = { ...told, email, username: username ?? undefined }
  if (beforeSignUp) await askApplication('beforeSignUp', () => beforeSignUp(newcomer))
  const values = await applicationClaims(rooms, { ...prepared.account, created_at: 0 })
  const opened = await revoking(rooms, async (moment) => {
    await lockForOpening(moment, prepared.account.id, former)
    const account = await writeAccount(moment, prepared, actor)
    const facts = { amr: ['pwd'], browser }
    return openSession(rooms, moment, { account, facts, values, former, actor })
  }).catch(async (error: unknown) => {
    if (error instanceof KeyhavenError && error.code === 'conflict') await counted.taken()
    throw error
  })
  if (afterSignUp) {
    const view = viewAccount(rooms, opened.account)
    await tellApplication(rooms, 'afterSignUp', () => afterSignUp(view))
  }
  return opened
}

interface Prepared {
  readonly prepared: PreparedAccount
  readonly counted: CountedSignUp
}

/** Counts what is well formed, before its hash. An overload uses up no sign-ups. */
async function prepare(
  rooms: Pick<Rooms, 'rules' | 'passwords' | 'limits'>,
  input: NewAccount,
  { address }: Actor,
): Promise<Prepared> {
  const checked = checkAccount(rooms, input)
  rooms.passwords.requireRoom('sign-up')
  const counted = await rooms.limits.countSignUp(address)
  try {
    return { prepared: await hashAccount(rooms, checked), counted }
  } catch (error) {
    await counted.giveBack()
    throw error
  }
}
