import type { Result } from '@keyhaven/client'
import { passkeys } from '@keyhaven/client/passkey'
import { enrol } from './enrol.ts'
import { again, isOver, leave } from './factor-steps.ts'
import { auth, listed } from './page.ts'
import { everyWay, prove } from './ways.ts'

const named = listed('factors')

const left = async (completed: Promise<Result>): Promise<Result> => {
  const result = await completed
  if (result.ok) leave()
  return result
}

if (listed('enrol').length > 0) enrol(listed('enrol'))
else
  prove({
    // Only the page that began the sign-in knows what the account has
    ways: everyWay.filter((way) => named.length === 0 || named.includes(way)),
    typed: (factor) => left(auth.completeSignIn(factor)),
    byPasskey: () => left(passkeys(auth).completeSignIn()),
    refused: isOver,
    below: again,
  })
