import type { SigningBrowser } from '../../model/sign-in/signing-browser.ts'
import { deviceCookiesOf, flowCookiesOf } from '../cookies/cookies.ts'
import type { Call } from '../endpoint.ts'
import { browserOf } from './browser.ts'
import { previousSession } from './previous-session.ts'

/** The browser of a sign-in: what it sent, and the session that it still has. */
export async function signingBrowserOf(call: Call): Promise<SigningBrowser> {
  const { site, request, isBearer } = call
  return {
    former: await previousSession(call),
    browser: browserOf(request),
    flowCookies: flowCookiesOf(site, request),
    deviceCookies: deviceCookiesOf(site, request),
    isNative: isBearer,
  }
}
