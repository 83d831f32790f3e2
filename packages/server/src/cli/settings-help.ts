import { meaningOf, options } from '../config/options.ts'
import type { OptionName } from '../config/options.ts'

/**
 * Every setting with its meaning and default, for `keyhaven start --help`. Made from the table that
 * is parsed.
 */
export function settingsHelp(): string {
  const rows = (Object.keys(options) as OptionName[]).map((name) => {
    const { variable, otherwise } = options[name]
    return `  ${variable}\n      ${meaningOf(name)} When left out: ${otherwise.text}.`
  })
  return `
Settings, from keyhaven.config.ts, .js or .json in this folder, then from these variables:
${rows.join('\n')}`
}
