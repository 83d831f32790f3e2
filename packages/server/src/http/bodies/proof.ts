import { LONGEST_LOGIN, anyText } from './members.ts'

/** The address that a mail is requested for. The flow checks all but the shape. */
export const email = anyText(
  LONGEST_LOGIN,
  'e-mail address',
  'The e-mail address is missing: write one like name@example.com.',
)

/** The token of a link. */
export const token = anyText(100, 'token', 'The token is empty: send that of the link.')

/** The token of a link, or the code beside it. */
export const proof = {
  token: token.optional(),
  code: anyText(40, 'code', 'The code is empty: write the one in the mail.').optional(),
}

/** Requires one of the two. */
export function hasOneProof(body: {
  readonly token?: string | undefined
  readonly code?: string | undefined
}): boolean {
  return (body.token === undefined) !== (body.code === undefined)
}

/** The message of a body that has none of them, or both. */
export const oneProof = {
  path: ['token'],
  message: 'Send the token of the link, or the code in the mail: one of the two.',
}

/** The proof of a body that has one. */
export function proofOf({
  token,
  code,
}: {
  readonly token?: string | undefined
  readonly code?: string | undefined
}): { readonly token: string } | { readonly code: string } {
  return token === undefined ? { code: code ?? '' } : { token }
}
