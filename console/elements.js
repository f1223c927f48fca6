// Elements made of text, never of HTML: nothing that an API answers can become markup.

/** `<tag ...attributes>children</tag>`; a function is a listener (`onclick`), false and undefined are left out. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'function') made.addEventListener(name.slice(2), value)
    else made.setAttribute(name, value === true ? '' : value)
  }
  made.append(...children.flat().filter((child) => child !== undefined && child !== false && child !== ''))
  return made
}

const shown = new WeakMap()

/** Shows `view(data)` in `container`, and leaves it alone while the data stays the same. */
export function show(container, data, view) {
  const signature = JSON.stringify(data)
  if (shown.get(container) === signature) return
  shown.set(container, signature)
  const open = new Set([...container.querySelectorAll('details[open]')].map(({ id }) => id))
  container.replaceChildren(...[view(data)].flat())
  for (const details of container.querySelectorAll('details')) details.open = open.has(details.id)
}

/** `2 h 5 min`; nothing for an instant that is not past: a rehearsal's clock need not be this one. */
export function elapsed(seconds, now = Date.now() / 1000) {
  const minutes = Math.floor((now - seconds) / 60)
  if (minutes < 0) return ''
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`
}

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** `<time>` of epoch seconds: the time of day, and the day where it is another than today. */
export function time(seconds) {
  const instant = new Date(seconds * 1000)
  const today = instant.toDateString() === new Date().toDateString()
  const text = (today ? TIME : DAY_AND_TIME).format(instant)
  return element('time', { datetime: instant.toISOString(), title: DAY_AND_TIME.format(instant) }, text)
}
