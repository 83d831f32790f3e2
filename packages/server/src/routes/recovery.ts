import { none } from '../config/limits.ts'
import { postEmailChangesConfirm } from '../endpoints/recovery/post-email-changes-confirm.ts'
import { postEmailChangesUndoOptions } from '../endpoints/recovery/post-email-changes-undo-options.ts'
import { postEmailChangesUndo } from '../endpoints/recovery/post-email-changes-undo.ts'
import { postEmailVerificationsConfirm } from '../endpoints/recovery/post-email-verifications-confirm.ts'
import { postEmailVerifications } from '../endpoints/recovery/post-email-verifications.ts'
import { postPasswordResetsConfirm } from '../endpoints/recovery/post-password-resets-confirm.ts'
import { postPasswordResets } from '../endpoints/recovery/post-password-resets.ts'
import { putAccountEmail } from '../endpoints/recovery/put-account-email.ts'
import { postSessionNoticesDenyOptions } from '../endpoints/recovery/post-session-notices-deny-options.ts'
import { postSessionNoticesDeny } from '../endpoints/recovery/post-session-notices-deny.ts'
import { route } from '../http/route.ts'

const proved = none(
  'A wrong token costs one read by key. A code works only with its cookie, and five wrong ones void it. A hash needs a right one.',
)

/** Routes of confirmations, resets and changes of address: method and path, who may call and how often, endpoint. */
export const recoveryRoutes = [
  route('POST /email-verifications', { who: 'own-origin', limit: 'mail' }, postEmailVerifications),
  route(
    'POST /email-verifications/confirm',
    { who: 'own-origin', limit: proved },
    postEmailVerificationsConfirm,
  ),
  route('POST /password-resets', { who: 'own-origin', limit: 'mail' }, postPasswordResets),
  route(
    'POST /password-resets/confirm',
    { who: 'own-origin', limit: proved },
    postPasswordResetsConfirm,
  ),
  route(
    'PUT /accounts/:id/email',
    { who: 'session', limit: 'emailChange', fresh: true },
    putAccountEmail,
  ),
  route(
    'POST /email-changes/confirm',
    { who: 'own-origin', limit: proved },
    postEmailChangesConfirm,
  ),
  route(
    'POST /email-changes/undo/options',
    { who: 'own-origin', limit: proved },
    postEmailChangesUndoOptions,
  ),
  route('POST /email-changes/undo', { who: 'own-origin', limit: proved }, postEmailChangesUndo),
  route(
    'POST /session-notices/deny/options',
    { who: 'own-origin', limit: proved },
    postSessionNoticesDenyOptions,
  ),
  route('POST /session-notices/deny', { who: 'own-origin', limit: proved }, postSessionNoticesDeny),
]
