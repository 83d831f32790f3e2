/** One row per role that an account holds. */
export interface AccountRoleTable {
  account_id: string
  role: string
}
