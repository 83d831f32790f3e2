import { passwordProblems } from '../../password-problems.ts'
import type { Words } from '../words.ts'
import { typedIn } from './typed-in.ts'

/** Turns the rules below a new password into checks. */
export function checkRules(input: HTMLInputElement, words: Words): void {
  const minLength = Number(input.dataset['khMin'])
  if (!minLength) return
  const { email, name } = input.form ? typedIn(input.form) : {}
  const problems = passwordProblems(input.value, { minLength, email, name })
  const rules = document.querySelectorAll<HTMLElement>(`#${input.id}-help [data-kh-rule]`)
  for (const rule of rules) {
    const isMet = input.value !== '' && !problems.includes(rule.dataset['khRule'] as 'too_short')
    if (rule.classList.contains('kh-met') === isMet) continue
    rule.classList.toggle('kh-met', isMet)
    const unseen =
      rule.querySelector('.kh-unseen') ?? rule.appendChild(document.createElement('span'))
    unseen.className = 'kh-unseen'
    unseen.textContent = isMet ? `: ${words.kit.rules.met}` : ''
  }
}
