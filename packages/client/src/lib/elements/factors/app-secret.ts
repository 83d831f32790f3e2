import type { TotpEnrolment } from '@keyhaven/core/wire'
import { text } from '../kit/form.ts'
import type { Frame } from '../kit/frame.ts'
import type { Tree } from '../kit/tree.ts'

/** What an authenticator app needs: a QR code to scan, and the same secret to be typed. */
export function appSecret(frame: Frame, { qr, secret, uri }: TotpEnrolment): readonly Tree[] {
  const { appLead, picture: alt, here, open } = frame.words.factors.enrol
  // As an image nothing in it can run
  const src = `data:image/svg+xml,${encodeURIComponent(qr)}`
  return [
    text(appLead),
    ['img', { class: 'kh-qr', src, alt }],
    ['p', { class: 'kh-secret' }, ['code', {}, secret.replace(/.{4}(?=.)/g, '$& ')]],
    ['p', { class: 'kh-text' }, here, ' ', ['a', { class: 'kh-link', href: uri }, open]],
  ]
}
