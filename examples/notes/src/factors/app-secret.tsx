import type { TotpEnrolment } from '@keyhaven/core/wire'
import type { ReactElement } from 'react'
import { CopyButton } from './copy-button.tsx'

/** What an authenticator app needs: a QR code to scan, and the same secret to be typed. */
export function AppSecret({ qr, secret, uri }: TotpEnrolment): ReactElement {
  return (
    <div className="app-secret">
      {/* As an image nothing in it can run */}
      <img
        className="qr"
        src={`data:image/svg+xml,${encodeURIComponent(qr)}`}
        alt="QR code of the secret below"
      />
      <div className="parts">
        <p>Scan the picture with your authenticator app, or type this secret into it:</p>
        <p className="secret">
          <code>{secret.match(/.{1,4}/g)?.join(' ')}</code>
          <CopyButton text={secret}>Copy secret</CopyButton>
        </p>
        <p className="small">
          Is the app on this device? <a href={uri}>Open it</a>.
        </p>
      </div>
    </div>
  )
}
