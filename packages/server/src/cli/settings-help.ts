import { options } from '../config/options.ts'

/**
 * Every setting with its meaning and default, for `keyhaven start --help`. Made from the table that
 * is parsed.
 */
export function settingsHelp(): string {
  const rows = Object.values(options).map(
    ({ variable, otherwise, sentence }) =>
      `  ${variable}\n      ${sentence} When left out: ${otherwise}.`,
  )
  return `
Settings, from keyhaven.config.ts, .js or .json in this folder, then from these variables:
${rows.join('\n')}`
}
