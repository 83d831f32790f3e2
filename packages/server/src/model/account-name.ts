/** A reference to an account; `login` is an e-mail address, a user name or an id. */
export type AccountName =
  | { readonly email: string }
  | { readonly id: string }
  | { readonly login: string }
