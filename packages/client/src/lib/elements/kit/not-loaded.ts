/**
 * Shows that a script of the form could not be loaded: the network is away, or the page is older than the scripts on its
 * server. The words are here because those of the form may be missing too.
 */
export function notLoaded(host: HTMLElement): void {
  const isGerman = /^de/i.test(host.closest<HTMLElement>('[lang]')?.lang ?? '')
  const problem = host.querySelector('.kh-problem') ?? document.createElement('p')
  problem.className = 'kh-problem'
  problem.setAttribute('role', 'alert')
  problem.textContent = isGerman
    ? 'Dieses Formular konnte nicht geladen werden. Laden Sie die Seite neu.'
    : 'This form could not be loaded. Reload the page.'
  if (!problem.isConnected) host.append(problem)
}
