/** COSE algorithms of passkeys, the preferred one first: EdDSA, ES256, RS256. */
export const ALGORITHMS = [-8, -7, -257] as const
