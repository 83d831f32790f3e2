import { durationText, presetNames } from './lifetimes.ts'
import type { Preset } from './lifetimes.ts'
import { meaningOf, options } from './options.ts'
import type { OptionName } from './options.ts'

/** The reference page of all settings as Markdown, made from the table that is parsed. */
export function settingsPage(): string {
  const rows = (Object.keys(options) as OptionName[]).map((name) => {
    const { variable, otherwise } = options[name]
    return `| \`${variable}\` | \`${name}\` | ${inMarks(otherwise.text)} | ${meaningOf(name)} |`
  })
  const lives = presetNames.map((preset) => {
    const values = (['accessTtl', 'idle', 'absolute'] as const).map((name) => lifeOf(name, preset))
    return `| \`${preset}\` | ${values.join(' | ')} |`
  })
  return `# Settings

Read from \`keyhaven.config.ts\`, \`.js\` or \`.json\` in the working folder, then from variables, then from code; each
overrides the one before. If sources set one setting to different values, a message at the start says which counts.
Names that are not in this table, empty variables and unsafe combinations stop the start with exit code 78 and a
sentence that states what to change. Variables that Kubernetes injects for a Service whose name begins with
\`keyhaven\` are ignored. Durations are written \`60s\`, \`10m\`, \`8h\`, \`30d\`; in a file and in code \`true\` and
\`false\` are on and off. Made from \`packages/server/src/config/options.ts\` by \`npm run reference\`.

| variable | in file and code | when left out | meaning |
|---|---|---|---|
${rows.join('\n')}

A service is in development if the host of its URL is this machine and \`NODE_ENV\` is not \`production\`: plain http is
allowed, cookies are not \`Secure\`, error responses name the check that failed.

## Presets

| preset | access token | idle limit | absolute limit |
|---|---|---|---|
${lives.join('\n')}
`
}

/** Markdown reads `<data>` as HTML: a path with a placeholder stands in code marks. */
function inMarks(text: string): string {
  return text.replaceAll(/<\w+>\S*/g, '`$&`')
}

function lifeOf(name: 'accessTtl' | 'idle' | 'absolute', preset: Preset): string {
  const { parse, otherwise } = options[name]
  const url = new URL(options.url.otherwise.text)
  const text = otherwise.of({ preset, url, port: 4000, host: '', data: '', silentApp: false })
  const seconds = parse(text ?? '')
  return seconds === undefined ? 'none' : durationText(seconds)
}
