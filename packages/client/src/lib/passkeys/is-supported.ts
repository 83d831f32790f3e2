/** Whether this browser has passkeys at all, in this page. */
export function isSupported(): boolean {
  return typeof globalThis.PublicKeyCredential === 'function' && !!navigator.credentials
}
