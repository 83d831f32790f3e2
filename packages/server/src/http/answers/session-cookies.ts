import { XSRF_COOKIE } from '@keyhaven/core/wire'
import type { SessionView } from '@keyhaven/core/wire'
import { cookieValues } from '@keyhaven/guard/kit'
import type { OpenedSession, SignedIn } from '../../flows/sessions/open.ts'
import type { RenewedSession } from '../../flows/sessions/renew.ts'
import { viewSession } from '../../views/session.ts'
import {
  accessCookies,
  clearedVariants,
  deviceCookie,
  sessionCookie,
  xsrfCookie,
} from '../cookies/cookies.ts'
import type { AccessCookie, Keep } from '../cookies/cookies.ts'
import type { Answer, Call } from '../endpoint.ts'

type Where = Pick<Call, 'context' | 'site' | 'request'>

/** 201 with the session view and all cookies, for sign-up and sign-in. */
export function setSessionCookies({ context, site, request }: Where, opened: SignedIn): Answer {
  const now = opened.session.last_used_at
  const body = viewSession(context, opened, now)
  const keep = keepOf(opened, now)
  return {
    status: 201,
    body,
    cookies: [
      ...clearedVariants(site, request),
      ...accessCookies(site, issued(opened.accessToken, body)),
      sessionCookie(site, opened.sessionCookie, keep),
      xsrfCookie(site, body.xsrfToken, keep),
      deviceCookie(site, opened.deviceCookie),
    ],
  }
}

/** 200 with the session view and the renewed access cookie. */
export function renewSessionCookies(
  { context, site, request }: Where,
  session: RenewedSession,
): Answer {
  const body = viewSession(context, session, session.now)
  const xsrf = cookieValues(request, XSRF_COOKIE)
  return {
    status: 200,
    body,
    cookies: [
      ...accessCookies(site, issued(session.accessToken, body)),
      // Sets the readable copy again if the browser lost it or a sibling host replaced it
      ...(xsrf.length === 1 && xsrf[0] === body.xsrfToken
        ? []
        : [xsrfCookie(site, body.xsrfToken, keepOf(session, session.now))]),
    ],
  }
}

/** 200 with the session view and new cookies for a session that stays, after a step-up or a change of password. */
export function replaceSessionCookies(
  { context, site }: Pick<Call, 'context' | 'site'>,
  session: RenewedSession,
  cookie: string,
): Answer {
  const { now } = session
  const body = viewSession(context, session, now)
  const keep = keepOf(session, now)
  return {
    status: 200,
    body,
    cookies: [
      ...accessCookies(site, issued(session.accessToken, body)),
      sessionCookie(site, cookie, keep),
      xsrfCookie(site, body.xsrfToken, keep),
    ],
  }
}

function issued(token: string, { claims, session }: SessionView): AccessCookie {
  return { token, claims, secondsLeft: session.expiresIn }
}

function keepOf({ session }: Pick<OpenedSession, 'session'>, now: number): Keep {
  const end = session.absolute_expires_at
  return {
    remember: session.remember === 1,
    absolute: end === null ? undefined : Math.floor((end - now) / 1000),
  }
}
