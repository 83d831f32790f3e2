import * as z from 'zod'
import { members } from '../../http/answers/shapes.ts'
import { line } from '../../http/bodies/members.ts'

/** The answer of an authenticator, as the browser's `toJSON()` makes it; the flow checks it. */
export const passkeyResponse = z.record(z.string(), z.json())

/** The name of a passkey. */
export const passkeyName = line(100, 'name', 'The name is empty: write one.')

/** Options for the browser's own calls, as their JSON forms. */
export const optionsAnswer = members
