import { none } from '../config/limits.ts'
import { deleteSessionCurrent } from '../endpoints/sessions/delete-session-current.ts'
import { getSessionEvents } from '../endpoints/sessions/get-session-events.ts'
import { getUserCurrent } from '../endpoints/sessions/get-user-current.ts'
import { postSessionCurrentRenew } from '../endpoints/sessions/post-session-current-renew.ts'
import { postSessions } from '../endpoints/sessions/post-sessions.ts'
import { route } from '../http/route.ts'
import { late } from './late.ts'
import { admin } from './terms.ts'

// Calls without a limit, each with its reason
const current = none(
  'It reads three rows by key, and pages call it whenever their session may have changed.',
)

const proved = none(
  'It works only with the cookie of a sign-in that was begun, whose password was counted, and five wrong factors or twenty beginnings end that.',
)

const mailed = none(
  'A wrong token costs one read by key. A code works only with its cookie, and five wrong ones void it.',
)

const leaving = none('A sign-out must never wait. It ends a session once; repeats only read.')

const tests = none(
  'It works only with a key that programs on the same machine can read in development, and many workers of a test run call it at once.',
)

/** Routes of sessions: method and path, who may call and how often, endpoint. */
export const sessionsRoutes = [
  route('POST /sessions', { who: 'own-origin', limit: 'signIn' }, postSessions),
  route(
    'POST /sessions/second-factor/options',
    { who: 'own-origin', limit: proved },
    late('postSecondFactorOptions'),
  ),
  route(
    'POST /sessions/second-factor',
    { who: 'own-origin', limit: proved },
    late('postSecondFactor'),
  ),
  route('POST /sessions/email', { who: 'own-origin', limit: 'mail' }, late('postSessionsEmail')),
  route(
    'POST /sessions/email/confirm',
    { who: 'own-origin', limit: mailed },
    late('postSessionsEmailConfirm'),
  ),
  route(
    'POST /sessions/passkey/options',
    { who: 'own-origin', limit: 'passkeyOptions' },
    late('postPasskeyOptions'),
  ),
  route('POST /sessions/passkey', { who: 'own-origin', limit: 'signIn' }, late('postPasskey')),
  route('GET /user/current', { who: 'account', limit: current, fresh: false }, getUserCurrent),
  route(
    'POST /sessions/current/renew',
    { who: 'session-cookie', limit: 'renewal', fresh: false },
    postSessionCurrentRenew,
  ),
  route(
    'POST /sessions/current/step-up',
    { who: 'session', limit: 'stepUp', fresh: false },
    late('postSessionCurrentStepUp'),
  ),
  route(
    'POST /sessions/current/step-up/options',
    { who: 'session', limit: 'stepUp', fresh: false },
    late('postSessionCurrentStepUpOptions'),
  ),
  route('DELETE /sessions/current', { who: 'any', limit: leaving }, deleteSessionCurrent),
  route(
    'GET /sessions/current/events',
    { who: 'session', limit: 'eventStreams', fresh: false },
    getSessionEvents,
  ),
  route('POST /testing/sessions', { who: 'testing', limit: tests }, late('postTestingSessions')),
  route('GET /sessions', { who: 'session', limit: 'read', fresh: false }, late('getSessions')),
  route(
    'DELETE /sessions',
    { who: 'session', limit: 'ending', fresh: { when: 'with `everything=true`' } },
    late('deleteSessions'),
  ),
  route(
    'DELETE /sessions/:id',
    { who: 'session', limit: 'ending', fresh: { when: 'for a session of another account' } },
    late('deleteSession'),
  ),
  route(
    'GET /accounts/:id/sessions',
    admin('keyhaven:sessions:read', { fresh: false }),
    late('getAccountSessions'),
  ),
  route(
    'DELETE /accounts/:id/sessions',
    admin('keyhaven:sessions:end', { fresh: true }),
    late('deleteAccountSessions'),
  ),
]
