/**
 * The contrast of the look's colours, as a brand's are measured at the start. For the tools of this repository: its form
 * may change in any other version.
 */
export {
  contrastOf,
  faintPairs,
  pairsOf,
  tokensIn,
  UnreadableColour,
} from './config/brand/contrast.ts'
export type { FaintPair, Pair, Scheme, Tokens } from './config/brand/contrast.ts'
