import * as z from 'zod'
import type { SignedIn } from '../../flows/sessions/open.ts'
import type { FlowCookie } from '../../model/sign-in/flow-cookie.ts'
import type { Answer, Call } from '../endpoint.ts'
import { completed } from './mailed.ts'
import { signedIn as signedInBy, signedInAnswer } from './signed-in.ts'
import { shape } from './shape.ts'

/** The session view of a sign-in that has set up a factor, with its recovery codes. */
export const enrolledAnswer = shape(() =>
  signedInAnswer().extend({ recoveryCodes: z.array(z.string()) }),
)

interface EnrolledSignIn {
  readonly signedIn: SignedIn
  readonly completed: { readonly cookie: FlowCookie | undefined } | undefined
  readonly recoveryCodes: readonly string[]
}

/** 201 with that view and all cookies. */
export function enrolled(
  call: Pick<Call, 'context' | 'site' | 'request'>,
  { signedIn, completed: attempt, recoveryCodes }: EnrolledSignIn,
): Answer {
  const answer = signedInBy(call, signedIn)
  const body = { ...(answer.body as object), recoveryCodes }
  return completed(call, { ...answer, body }, attempt)
}
