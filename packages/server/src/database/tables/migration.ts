/** The migrations that these tables have had. */
export interface MigrationTable {
  name: string
  /** The last migration that a version must know to run on the tables after this one. */
  works_with: string
  /** Milliseconds since 1970, by the clock of the machine that applied it. */
  applied_at: number
  /** The version that applied it. */
  version: string
}
