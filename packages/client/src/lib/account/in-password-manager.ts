type Signals = typeof import('../passkeys/signals.ts')

/** Reports a change to the browser's password manager, if it can receive it. Nothing depends on it. */
export async function inPasswordManager(
  report: (signals: Signals) => Promise<void>,
): Promise<void> {
  const { PublicKeyCredential: passkey } = globalThis as { PublicKeyCredential?: object }
  if (!passkey || !('signalUnknownCredential' in passkey)) return
  await import('../passkeys/signals.ts').then(report, () => {})
}
