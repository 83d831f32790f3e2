import { none } from '../config/limits.ts'
import { route } from '../http/route.ts'
import { late } from './late.ts'

const proved = none(
  'A wrong token costs one read by key. A code works only with its cookie, and five wrong ones void it. A hash needs a right one.',
)

/** Routes of confirmations, resets and changes of address: method and path, who may call and how often, endpoint. */
export const recoveryRoutes = [
  route(
    'POST /email-verifications',
    { who: 'own-origin', limit: 'mail' },
    late('postEmailVerifications'),
  ),
  route(
    'POST /email-verifications/confirm',
    { who: 'own-origin', limit: proved },
    late('postEmailVerificationsConfirm'),
  ),
  route('POST /password-resets', { who: 'own-origin', limit: 'mail' }, late('postPasswordResets')),
  route(
    'POST /password-resets/confirm',
    { who: 'own-origin', limit: proved },
    late('postPasswordResetsConfirm'),
  ),
  route(
    'PUT /accounts/:id/email',
    { who: 'session', limit: 'emailChange', fresh: true },
    late('putAccountEmail'),
  ),
  route(
    'POST /email-changes/confirm',
    { who: 'own-origin', limit: proved },
    late('postEmailChangesConfirm'),
  ),
  route(
    'POST /email-changes/undo/options',
    { who: 'own-origin', limit: proved },
    late('postEmailChangesUndoOptions'),
  ),
  route(
    'POST /email-changes/undo',
    { who: 'own-origin', limit: proved },
    late('postEmailChangesUndo'),
  ),
  route(
    'POST /session-notices/deny/options',
    { who: 'own-origin', limit: proved },
    late('postSessionNoticesDenyOptions'),
  ),
  route(
    'POST /session-notices/deny',
    { who: 'own-origin', limit: proved },
    late('postSessionNoticesDeny'),
  ),
]
