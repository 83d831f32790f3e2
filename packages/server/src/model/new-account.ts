/** The members of a new account. Without `roles` it gets the default roles of the access module. */
export interface NewAccount {
  readonly email: string
  readonly password: string
  readonly username?: string | undefined
  readonly name?: string | undefined
  readonly profile?: Readonly<Record<string, unknown>> | undefined
  readonly roles?: readonly string[] | undefined
  readonly emailVerified?: boolean
}
