import type { AuthError } from '../../calls/results.ts'
import type { Words } from '../words.ts'
import { inputOf } from './complain.ts'
import type { FormActs, Typed } from './view.ts'

/** Puts each sentence of a refusal beside the field that it is about; `''` is the form itself. */
export function faultsOf(
  form: HTMLFormElement,
  error: AuthError,
  { words, acts }: { readonly words: Words; readonly acts: FormActs },
): Record<string, string> {
  const { places = {}, problems } = acts
  const sentence = sentenceOf(words, error, problems)
  const isOurs = words.kit.problem === undefined
  const members = error.errors.filter(({ path }) => inputOf(form, path))
  if (members.length > 0) {
    return Object.fromEntries(
      members.map(({ path, message }) => [path, isOurs ? message : sentence]),
    )
  }
  const { code } = error
  const ofLink = code.startsWith('link_') ? 'code' : undefined
  const usual = code.endsWith('_password') ? 'password' : ofLink
  const place = places[code] ?? usual
  return { [place !== undefined && inputOf(form, place) ? place : '']: sentence }
}

/** The sentences for fields that are empty. */
export function missingIn(typed: Typed, { missing = {} }: FormActs): Record<string, string> {
  return Object.fromEntries(Object.entries(missing).filter(([name]) => !typed[name]?.trim()))
}

/** The sentence of a refusal: the form's own, one of ours, or the service's. */
export function sentenceOf(
  words: Words,
  { code, detail }: AuthError,
  own: FormActs['problems'],
): string {
  const { problems, problem } = words.kit
  return own?.[code] ?? problems[code] ?? problem ?? detail
}
