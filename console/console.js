// The page: reads what is open and, of the chosen incident, everything; shows it, and does so again every few seconds.
import { show } from './elements.js'
import { loadHealth } from './health.js'
import { loadIncident, loadIncidents } from './load.js'
import { askToSignIn, onSignIn, showSignedIn } from './sign-in.js'
import { detailView, healthView, incidentsView } from './views.js'

const REFRESH_MS = 3000

const list = document.getElementById('incidents')
const detail = document.getElementById('incident')
const resolved = document.getElementById('resolved')
const trouble = document.getElementById('trouble')
const banner = document.getElementById('health')
const pulse = document.getElementById('pulse')

const chosen = () => location.hash.slice(1)

let timer
let latest = 0

const refresh = () => void readAndShow()

/** Reads and shows everything now; what an earlier round still waits for no longer matters. */
async function readAndShow() {
  const mine = (latest += 1)
  clearTimeout(timer)
  const arn = chosen()
  const resolvedToo = resolved.checked
  document.body.classList.toggle('chosen', arn !== '')
  // Also where the incidents cannot be read: that is when it matters most.
  const asked = loadHealth()
  try {
    const [health, incidents, incident] = await Promise.all([
      asked,
      loadIncidents(resolvedToo),
      arn ? loadIncident(arn).catch(({ message }) => ({ message })) : undefined,
    ])
    if (mine !== latest) return
    const minute = Math.floor(Date.now() / 60_000)
    showHealth(health)
    show(list, { incidents, chosen: arn, resolvedToo, minute, health: health.state }, incidentsView)
    show(detail, { incident }, () => detailView(incident, refresh))
    const open = incidents.filter(({ status }) => status === 'OPEN').length
    const mark = health.state === 'failing' ? '⚠ ' : ''
    document.title = mark + (open ? `(${open}) Tocsin` : 'Tocsin')
    tell(`${open} open`, '')
    pulse.classList.toggle('failing', health.state === 'failing')
    pulse.classList.toggle('unknown', health.state === 'unknown')
    showSignedIn()
  } catch (error) {
    if (mine !== latest) return
    showHealth(await asked)
    if (error.signIn) return signedOut(error.message)
    tell('no connection', error.message)
  }
  if (!document.hidden) timer = setTimeout(refresh, REFRESH_MS)
}

/** Nothing is asked again until somebody signs in, and what somebody else was shown is gone. */
function signedOut(problem) {
  show(list, { problem }, () => [])
  show(detail, { problem }, () => [])
  document.title = 'Tocsin'
  tell('not signed in', '')
  pulse.classList.add('failing')
  askToSignIn(problem)
}

function showHealth({ problems, notes }) {
  show(banner, { problems, notes }, healthView)
  banner.hidden = problems.length + notes.length === 0
}

function tell(state, problem) {
  pulse.textContent = state
  pulse.classList.toggle('failing', problem !== '')
  trouble.textContent = problem
  trouble.hidden = problem === ''
}

resolved.addEventListener('change', refresh)
addEventListener('hashchange', refresh)
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh()
})
onSignIn(refresh)
refresh()
