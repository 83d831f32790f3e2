/** Shows that the form is being sent. The button keeps its width and its focus. */
export function setBusy(form: HTMLFormElement, isBusy: boolean): void {
  const button = form.querySelector('button[type=submit]')
  if (isBusy) button?.setAttribute('aria-busy', 'true')
  else button?.removeAttribute('aria-busy')
  const shown = isBusy ? 'kh-doing' : 'kh-act'
  for (const label of button?.querySelectorAll('span') ?? [])
    label.hidden = label.className !== shown
}
