import * as z from 'zod'
import type { BearerSessionView } from '@keyhaven/core/wire'
import type { SignedIn } from '../../flows/sessions/open.ts'
import { viewPlain } from '../../views/session.ts'
import type { Answer, Call } from '../endpoint.ts'
import { setSessionCookies } from './session-cookies.ts'
import { shape } from './shape.ts'
import { sessionViewAnswer } from './shapes.ts'

/** The session view of a sign-in; with `transport: "bearer"` also the tokens. */
export const signedInAnswer = shape(() =>
  sessionViewAnswer().extend({
    accessToken: z.string().optional(),
    refreshToken: z.string().optional(),
  }),
)

/** 201 with the session view: with all cookies, or with the tokens of an app. */
export function signedIn(
  call: Pick<Call, 'context' | 'site' | 'request'>,
  opened: SignedIn,
): Answer {
  const { refreshToken, accessToken } = opened
  if (refreshToken === undefined) return setSessionCookies(call, opened)
  const view = viewPlain(call.context, opened, opened.session.last_used_at)
  const body: BearerSessionView = { ...view, accessToken, refreshToken }
  return { status: 201, body }
}
