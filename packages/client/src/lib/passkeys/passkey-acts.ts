import type { ActTools } from '../account/act-tools.ts'
import type { Passkeys } from './passkeys.ts'

/** Creates the ceremonies of a page. */
export declare function passkeyActs(tools: ActTools): Omit<Passkeys, 'isSupported'>
