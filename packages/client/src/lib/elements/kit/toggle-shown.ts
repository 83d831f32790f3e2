import type { Words } from '../words.ts'

/** Shows or hides the text of a password. */
export function toggleShown(button: HTMLElement, { kit }: Words): void {
  const input = document.getElementById(button.getAttribute('aria-controls') ?? '')
  const isHidden = input?.getAttribute('type') === 'password'
  input?.setAttribute('type', isHidden ? 'text' : 'password')
  button.textContent = isHidden ? kit.hide : kit.show
  button.setAttribute('aria-label', isHidden ? kit.hidePassword : kit.showPassword)
}
