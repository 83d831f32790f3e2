import type { Answer, Part } from './demand.ts'
import { demands } from './demands.ts'
import { features } from './features.ts'
import { faultsOf, proofsOf, readState } from './proof.ts'
import type { Proof } from './proof.ts'
import { testTitles } from './test-titles.ts'

/** The page of all demands, what is wrong with it, and how much is not built. */
export interface DemandsPage {
  readonly text: string
  readonly faults: readonly string[]
  readonly notBuilt: number
}

/** Makes `docs/security/demands.md` from the tables of demands and the titles of the tests. */
export function demandsPage(): DemandsPage {
  const proofs = proofsOf(demands, testTitles())
  const count = (kind: Answer['kind']): number =>
    [...proofs.values()].filter(({ demand }) => demand.answer?.kind === kind).length
  const notBuilt = count('not built') + count('in part')
  const tested = [...proofs.values()].filter(({ tests }) => tests.length > 0).length
  const text = `# Demands, and what proves each

Use this page if you want to know how a security demand is met. Each demand has the tests that name its id in their title,
a sentence why it can't apply, or the feature that is not built yet. ${tested} have tests, ${count('like')} repeat a demand
that has, ${count('cannot')} can't apply, and ${count('written')} are met by documentation. ${notBuilt} wait for a feature, ${count('in part')} of them in part. You find the
attacks that were tested on pages of their own: [tokens](attacks.md), [service](service-attacks.md).

\`npm run reference\` makes this page from \`tools/demands\` and the titles of the tests. If you change either, run it again:
\`npm run check\` fails if a demand has no answer, or if the page is not up to date.

${demands.map((part) => partText(part, proofs)).join('\n\n')}
`
  return { text, faults: faultsOf(proofs, features, readState()), notBuilt }
}

function partText({ title, demands: rows }: Part, proofs: ReadonlyMap<string, Proof>): string {
  const lines = rows.map(({ id, title: phrase, answer }) => {
    const tests = proofs.get(id)?.tests ?? []
    const texts = [
      ...(tests.length > 0 ? [testsText(tests)] : []),
      ...(answer === undefined ? [] : [answerText(answer, proofs)]),
    ]
    return `| ${id} | ${phrase} | ${texts.join('<br>')} |`
  })
  return `## ${title}\n\n| id | demand | proof |\n|---|---|---|\n${lines.join('\n')}`
}

/** By file; the first three titles of each. */
function testsText(tests: Proof['tests']): string {
  const byFile = Map.groupBy(tests, ({ path }) => path)
  return [...byFile]
    .map(([path, found]) => {
      const titles = found.slice(0, MOST).map(({ title }) => cell(title))
      const more = found.length > MOST ? [`${found.length - MOST} more`] : []
      return `${path}: ${[...titles, ...more].join('; ')}`
    })
    .join('<br>')
}

const MOST = 3

function answerText(answer: Answer, proofs: ReadonlyMap<string, Proof>): string {
  switch (answer.kind) {
    case 'cannot':
      return `can't apply: ${answer.sentence}`
    case 'not built':
      return `not built: ${answer.feature}`
    case 'in part':
      return `not built in part: ${answer.feature}`
    case 'like':
      return `as ${answer.ids.map((id) => `${id} (${filesOf(proofs.get(id))})`).join(', ')}`
    case 'written':
      return `no test applies: [this page](../${answer.page}) has it in writing`
  }
}

/** The files of a proof's tests. */
function filesOf(proof: Proof | undefined): string {
  return [...new Set(proof?.tests.map(({ path }) => path))].join(', ')
}

/** A title as code, in a cell of a table. */
function cell(title: string): string {
  return `\`${title.replaceAll('`', "'").replaceAll('|', String.raw`\|`)}\``
}
