// The dialog that accepts a page: the code that the page carries is asked for, as everywhere else.
import { callContacts } from './api.js'

const dialog = document.getElementById('acknowledge')
const form = dialog.querySelector('form')
const code = document.getElementById('acknowledge-code')
const who = document.getElementById('acknowledge-who')
const trouble = document.getElementById('acknowledge-trouble')
let page
let accepted

/** Asks for the code of `pageArn` and accepts the page; `done` is called when it is accepted. */
export function acknowledge(pageArn, name, done) {
  page = pageArn
  accepted = done
  who.textContent = name
  trouble.hidden = true
  form.reset()
  dialog.showModal()
}

document.getElementById('acknowledge-cancel').addEventListener('click', () => dialog.close())

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void accept()
})

async function accept() {
  try {
    await callContacts('AcceptPage', {
      PageId: page,
      AcceptType: 'READ',
      AcceptCode: code.value,
      AcceptCodeValidation: 'ENFORCE',
      Note: 'Acknowledged in the console',
    })
    dialog.close()
    accepted()
  } catch (error) {
    trouble.textContent = error.message
    trouble.hidden = false
    code.select()
  }
}
