/** Shows a sentence in place of the help of an input, or the help again. */
export function complain(input: HTMLInputElement, sentence?: string): void {
  const [help, error] = ['help', 'error'].map((end) =>
    document.getElementById(`${input.id}-${end}`),
  )
  if (!error) return
  const isWrong = sentence !== undefined
  error.hidden = !isWrong
  error.textContent = sentence ?? ''
  if (help) help.hidden = isWrong
  if (isWrong) input.setAttribute('aria-invalid', 'true')
  else input.removeAttribute('aria-invalid')
  const described = isWrong ? error : help
  if (described?.textContent) input.setAttribute('aria-describedby', described.id)
  else input.removeAttribute('aria-describedby')
}

/** Removes every error, or that of one input, and what the form has said. */
export function clear(form: HTMLFormElement, changed?: HTMLInputElement): void {
  for (const input of changed ? [changed] : form.querySelectorAll('input')) complain(input)
  say(form, 'kh-problem', '')
  say(form, 'kh-said', '')
}

/** Puts a sentence into the place for problems, or for what came of the form. */
export function say(form: HTMLFormElement, place: 'kh-problem' | 'kh-said', words: string): void {
  const found = form.querySelector(`.${place}`)
  if (found && found.textContent !== words) found.textContent = words
}

/**
 * Shows sentences at their fields, or above the button if they belong to none; the first field that has one gets the
 * focus.
 */
export function showFaults(
  form: HTMLFormElement,
  faults: Readonly<Partial<Record<string, string>>>,
): void {
  const { '': general = '', ...others } = faults
  const wrong = Object.entries(others).map(([name, words]) => {
    const input = inputOf(form, name)
    if (input) complain(input, words)
    return input
  })
  say(form, 'kh-problem', general)
  const first = [...form.elements].find((one) => wrong.includes(one as HTMLInputElement))
  if (first instanceof HTMLElement) first.focus()
}

/** The input of this name. */
export function inputOf(form: HTMLFormElement, name: string): HTMLInputElement | undefined {
  const found = form.elements.namedItem(name)
  return found instanceof HTMLInputElement || found instanceof HTMLSelectElement
    ? (found as HTMLInputElement)
    : undefined
}
