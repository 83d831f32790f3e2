/** The user handle of an account in its passkeys, base64url: its id, which names no person. */
export function userHandleOf(accountId: string): string {
  return Buffer.from(accountId).toString('base64url')
}
