// The dialog that asks for an access key, where the APIs want to know who asks; and the button that forgets it.
import { accessKey, forget, keep, regionOf } from './access-key.js'

const dialog = document.getElementById('sign-in')
const form = dialog.querySelector('form')
const trouble = document.getElementById('sign-in-trouble')
const button = document.getElementById('signed-in')
const fields = ['accessKeyId', 'secretAccessKey', 'region'].map((name) => form.elements.namedItem(name))
let changed = () => {}

/** `done` is called whenever somebody has signed in or out. */
export const onSignIn = (done) => (changed = done)

/** Shows whether somebody is signed in, or could; `problem` is why the last key was refused, if one was. */
export function askToSignIn(problem) {
  showButton('Sign in')
  if (dialog.open) return
  trouble.textContent = problem
  trouble.hidden = !accessKey()
  form.elements.namedItem('region').value ||= regionOf(location.host)
  dialog.showModal()
}

/** Nothing to sign out of where nobody had to sign in. */
export const showSignedIn = () => (accessKey() ? showButton('Sign out') : (button.hidden = true))

function showButton(text) {
  button.textContent = text
  button.hidden = false
}

button.addEventListener('click', () => {
  forget()
  changed()
})

document.getElementById('sign-in-cancel').addEventListener('click', () => dialog.close())

form.addEventListener('submit', (event) => {
  event.preventDefault()
  keep(Object.fromEntries(fields.map(({ name, value }) => [name, value.trim()])))
  form.reset()
  dialog.close()
  changed()
})
