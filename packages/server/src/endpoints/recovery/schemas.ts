import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'

/** The address that an account has now. */
export const changed = shape(() => z.strictObject({ email: z.string() }))

export { nothing } from '../../http/answers/shapes.ts'
export {
  email,
  hasOneProof,
  oneProof,
  proof,
  proofOf,
  token,
} from '../../http/bodies/link-proof.ts'
