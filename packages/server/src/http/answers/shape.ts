import type * as z from 'zod'

/** A schema of answers or of events, built at its first use. */
export type Shape<S extends z.ZodType = z.ZodType> = () => S

/** Builds a schema once, and not at the start: only the API description and tests use these. */
export function shape<S extends z.ZodType>(build: () => S): Shape<S> {
  let built: S | undefined
  return () => (built ??= build())
}
