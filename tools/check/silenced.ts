import { enforce } from '../sources.ts'
import type { Rule } from '../sources.ts'

/** No check is silenced, and nothing has the type that fits everything. */
export const nothingIsSilenced: Rule = (sources) =>
  sources.flatMap(({ path, text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g, '')
    return [
      ...(/(:|<|as) ?any\b(?!\w)/.test(code) ? [`${path}: uses any`] : []),
      ...(/\/[/*] ?((oxlint|eslint)-disable|biome-ignore|@ts-(ignore|nocheck))/.test(text)
        ? [`${path}: silences a check; mend what it found`]
        : []),
    ]
  })

if (import.meta.main) enforce(nothingIsSilenced)
