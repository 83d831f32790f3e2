import * as z from 'zod'
import { signInForTest } from '../../flows/sign-in/for-tests/sign-in.ts'
import { setSessionCookies } from '../../http/answers/session-cookies.ts'
import { sessionViewAnswer } from '../../http/answers/shapes.ts'
import { LONGEST_LOGIN, line, password } from '../../http/bodies/members.ts'
import { browserOf } from '../../http/callers/browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'

/** Seconds, of a year at most. */
const seconds = (least: number): z.ZodType<number | undefined> =>
  z.int().min(least).max(31_536_000).optional()

const names = z.array(z.string().min(1).max(100)).max(200).optional()

/** Sign-in of a test, without a proof. */
export const postTestingSessions = openEndpoint({
  summary: 'Sign a person in for a test.',
  answers: { 201: sessionViewAnswer },
  body: z.strictObject({
    account: line(LONGEST_LOGIN, 'account', 'The account is empty: leave it out.').optional(),
    password: password.optional(),
    scopes: names,
    roles: names,
    remember: z.boolean().optional(),
    age: seconds(0),
    idleIn: seconds(1),
    endsIn: seconds(1),
  }),
  handle: async (call) => {
    const { context, request, body, actor } = call
    const { remember, ...wanted } = body
    const from = { remember, browser: browserOf(request) }
    return setSessionCookies(call, await signInForTest(context, { ...wanted, from }, actor))
  },
})
