import type { AuthError } from '@keyhaven/client'

/** Sentences by the name of a field; `form` has the one that belongs to no field. */
export type Faults = Readonly<Partial<Record<string, string>>>

/** The fields of a form, and the codes of refusals that belong to one of them. */
export interface Places {
  readonly fields: readonly string[]
  readonly codes?: Readonly<Partial<Record<string, string>>>
}

/** Puts each sentence of a refusal beside the field that it is about. */
export function faultsOf({ code, detail, errors }: AuthError, { fields, codes }: Places): Faults {
  const place = codes?.[code]
  if (place !== undefined) return { [place]: detail }
  const faults: Record<string, string> = {}
  for (const { path, message } of errors) {
    const field = fields.includes(path) ? path : 'form'
    faults[field] = [faults[field], message].filter(Boolean).join(' ')
  }
  return errors.length > 0 ? faults : { form: detail }
}
