import type { Method } from '../../../model/sign-in/amr.ts'

/** A sign-in that a second factor must complete, as its attempt stores it. */
export interface PendingSignIn {
  /** How its user has proved their identity so far. */
  readonly methods: readonly Method[]
  /** The account's credential version then: another one ends the attempt. */
  readonly credentialVersion: number
  /** Second factors that were wrong. */
  readonly tries: number
  readonly device?: string | undefined
  readonly remember?: boolean | undefined
}
