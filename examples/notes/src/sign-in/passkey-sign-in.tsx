import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { useAct } from '../act.ts'
import { deviceName } from '../device-name.ts'
import { passkey } from '../passkeys.ts'
import { ActButton } from '../views/act-button.tsx'
import { Problem } from '../views/problem.tsx'

/** Signs in with a passkey: by this button, or by the browser's list below the field of the user name. */
export function PasskeySignIn(props: {
  /** Whether the person has chosen to stay signed in when the browser closes. */
  readonly isRemembered: () => boolean
  readonly onFault: () => void
}): ReactElement | null {
  const [problem, setProblem] = useState<string>()
  const { busy, run } = useAct()
  const { isRemembered, onFault } = props
  useEffect(() => {
    const controller = new AbortController()
    // Waits until the person chooses a passkey from the list
    const { signal } = controller
    void passkey.autofill({ device: deviceName(), signal }).then((result) => {
      // That the browser has none, or waits no more, is no fault of the person
      if (result.ok || signal.aborted || result.error.code.startsWith('passkey_')) return
      setProblem(result.error.detail)
    })
    return () => controller.abort()
  }, [])
  if (!passkey.isSupported()) return null
  const signIn = (): void => {
    setProblem(undefined)
    void run(async () => {
      const result = await passkey.signIn({ device: deviceName(), remember: isRemembered() })
      if (result.ok) return
      setProblem(result.error.detail)
      onFault()
    })
  }
  return (
    <>
      <ActButton className="quiet wide" busy={busy} doing="Waiting…" onClick={signIn}>
        Sign in with a passkey
      </ActButton>
      <Problem text={problem} />
    </>
  )
}
