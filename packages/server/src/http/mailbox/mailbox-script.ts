/**
 * Reads once a second the number of the newest mail. The page of the newest mail then shows the
 * next one; a page of another mail links to it, so that its text does not change under its
 * reader.
 */
export const mailboxScript = `const { folder, newest, follows } = document.body.dataset
const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
for (const time of document.querySelectorAll('time')) time.textContent = format.format(new Date(time.dateTime))
for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy)
    button.textContent = 'Copied'
  })
}
const look = async () => {
  const answer = await fetch(folder + '/newest').catch(() => undefined)
  if (answer?.ok) {
    const now = await answer.json()
    if (String(now.newest) !== newest) {
      if (follows === 'true') return location.reload()
      const link = Object.assign(document.createElement('a'), { href: folder, textContent: 'Show the newest mail' })
      document.querySelector('#news').replaceChildren(link)
      return
    }
  }
  setTimeout(look, 1000)
}
setTimeout(look, 1000)
`
