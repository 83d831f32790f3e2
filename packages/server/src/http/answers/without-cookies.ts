import { RefusedWithAttempt } from '../../model/sign-in/refused-with-attempt.ts'
import { RefusedWithCookie } from '../../model/sign-in/refused-with-cookie.ts'
import type { Answer, Call } from '../endpoint.ts'
import type { Route } from '../route.ts'

/** Answers the call of an app: it gets no cookie, and in a refusal what it goes on with as a member (H3). */
export async function withoutCookies({ endpoint }: Route, call: Call): Promise<Answer> {
  try {
    const { cookies: _none, ...answer } = await endpoint.handle(call)
    return answer
  } catch (error) {
    if (!(error instanceof RefusedWithCookie)) throw error
    throw new RefusedWithAttempt(error)
  }
}
