import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../root.ts'
import type { Answer, Demand, Part } from './demand.ts'
import type { TestTitle } from './test-titles.ts'

/** A demand with what proves it. */
export interface Proof {
  readonly demand: Demand
  readonly tests: readonly TestTitle[]
}

/** Finds the tests that name each demand. */
export function proofsOf(
  parts: readonly Part[],
  tests: readonly TestTitle[],
): ReadonlyMap<string, Proof> {
  const proofs = parts
    .flatMap(({ demands }) => demands)
    .map((demand): [string, Proof] => [
      demand.id,
      { demand, tests: tests.filter(({ title }) => names(title, demand.id)) },
    ])
  return new Map(proofs)
}

/** Whether a title names an id. Attacks have ids of their own, some spelt like a rule: `attack H11`. */
export function names(title: string, id: string): boolean {
  const text = id.replaceAll('.', String.raw`\.`)
  return new RegExp(String.raw`(?<![\w.-]|attack )${text}(?![\w-]|\.\d)`).test(title)
}

/** What the README says: what works, and what is not built. */
export interface State {
  readonly works: string
  readonly notBuilt: string
}

/** Reads the list and the paragraph of the README. @throws if it has none. */
export function readState(): State {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  const part = (start: string, end: string): string => {
    const found = new RegExp(`^${start}:([^]*?)${end}`, 'm').exec(text)?.[1]
    if (found === undefined) throw new Error(`README.md has no paragraph "${start}: …"`)
    return found.replaceAll('\n', ' ')
  }
  // A list behind an empty line, and a paragraph
  return {
    works: part('You can use today', String.raw`\n\n(?!-)`),
    notBuilt: part('Not built yet', String.raw`\n\n`),
  }
}

/** What is wrong with the answers, a sentence each. */
export function faultsOf(
  proofs: ReadonlyMap<string, Proof>,
  features: readonly string[],
  state: State,
): readonly string[] {
  const faults = [...proofs.values()].flatMap(({ demand: { id, answer }, tests }) => {
    const needsTests = answer === undefined || answer.kind === 'in part'
    if (needsTests && tests.length === 0) return [`${id}: no test names it, and nothing says why`]
    if (answer === undefined) return []
    if (tests.length > 0 && !needsTests)
      return [`${id}: has tests, and says "${answer.kind}": take that out`]
    return answerFaults(id, answer, { proofs, features, state }).map((fault) => `${id}: ${fault}`)
  })
  const used = new Set([...proofs.values()].map(({ demand: { answer } }) => featureOf(answer)))
  return [
    ...faults,
    ...features
      .filter((feature) => !used.has(feature))
      .map((feature) => `${feature}: no demand waits for it; take it out of features.ts`),
  ]
}

function featureOf(answer: Answer | undefined): string | undefined {
  return answer?.kind === 'not built' || answer?.kind === 'in part' ? answer.feature : undefined
}

/** What an answer is held against. */
interface Known {
  readonly proofs: ReadonlyMap<string, Proof>
  readonly features: readonly string[]
  readonly state: State
}

function answerFaults(
  id: string,
  answer: Answer,
  { proofs, features, state: { works, notBuilt } }: Known,
): readonly string[] {
  switch (answer.kind) {
    case 'cannot':
      return answer.sentence.split(' ').length > 3
        ? []
        : ['says too little about why it can’t apply']
    case 'written':
      return writtenFaults(answer.page, id)
    case 'like':
      return answer.ids
        .filter((id) => (proofs.get(id)?.tests.length ?? 0) === 0)
        .map((id) => `is like ${id}, which no test names`)
    case 'not built':
    case 'in part': {
      const { feature } = answer
      if (!features.includes(feature)) return [`${feature} is no feature of features.ts`]
      if (names(works, feature)) return [`the README says that ${feature} works`]
      return names(notBuilt, feature) ? [] : [`the README does not list ${feature} as not built`]
    }
  }
}

/** The page that answers ASVS says which demand it answers; pages for readers carry no ids. */
function writtenFaults(page: string, id: string): readonly string[] {
  const file = join(root, 'docs', page)
  if (!existsSync(file)) return [`docs/${page} is not there`]
  if (page !== 'security/asvs.md' || names(readFileSync(file, 'utf8'), id)) return []
  return [`docs/${page} does not name it`]
}
