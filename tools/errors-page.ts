import { catalogue } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'

/** The reference page of the error catalogue, as Markdown. */
export function errorsPage(): string {
  const codes = Object.keys(catalogue) as ErrorCode[]
  const sections = codes.map((code) => {
    const { status, title, detail, hint } = catalogue[code]
    return `## \`${code}\`\n\n**${status}** · ${title}\n\n> ${detail}\n\n${hint}\n`
  })
  return `# Errors

Look up the \`code\` of a refusal here. Every refusal is \`application/problem+json\` (RFC 9457) with a stable \`code\`. In your
program decide by the code. You may show the quoted sentence to every user. The last paragraph of each section is for you as a
developer. Made from \`packages/core/src/lib/errors/catalogue.ts\` by \`npm run reference\`.

${sections.join('\n')}`
}
