import { enforce, isTest } from '../sources.ts'
import type { Rule } from '../sources.ts'

const MOST_LINES = 300

/** A file that is longer holds two things. Tests may be longer. */
export const filesAreShort: Rule = (sources) =>
  sources
    .filter(({ path, text }) => !isTest(path) && text.split('\n').length - 1 > MOST_LINES)
    .map(({ path }) => `${path}: over ${MOST_LINES} lines; cut it`)

if (import.meta.main) enforce(filesAreShort)
